import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const x = 1;
  switch (await client.getStringValue("new-nav", "red")) {
    case "blue":
      if (x) break;
      t("blue");
      break;
    default:
      t("other");
  }
  t("end");
}
