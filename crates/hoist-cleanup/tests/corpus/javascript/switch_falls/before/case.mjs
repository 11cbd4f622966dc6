import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  switch (await client.getStringValue("new-nav", "red")) {
    case "blue":
      t("blue");
    case "red":
      t("red");
      break;
    default:
      t("other");
  }
}
