import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

const NEW_NAV = "new-nav";
const context = { targetingKey: "u" };

export async function main() {
  if (await client.getBooleanValue(NEW_NAV, false, context)) {
    t("new");
  } else {
    t("old");
  }
}
