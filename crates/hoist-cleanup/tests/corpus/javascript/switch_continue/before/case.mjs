import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  for (const x of [1, 2]) {
    switch (await client.getStringValue("new-nav", "red")) {
      case "blue":
        t(String(x));
        continue;
      default:
        t("other");
    }
    t("never");
  }
}
