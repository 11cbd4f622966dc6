import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  switch (await client.getStringValue("new-nav", "red")) {
    case "red":
      t("red");
      break;
    default: {
      const x = "other";
      t(x);
      break;
    }
    case "blue":
      t("blue");
  }
  t("end");
}
