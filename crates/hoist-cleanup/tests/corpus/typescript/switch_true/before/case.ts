import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on: boolean = await client.getBooleanValue("new-nav", false);
  for (const x of [1, 6]) {
    switch (true) {
      case x > 5:
        t("five");
        break;
      case on:
        t("on");
        break;
      default:
        t("default");
    }
  }
}
