import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  // The new navigation.
  if (await client.getBooleanValue("new-nav", false)) {
    t("new");
    t("two");
  } else {
    t("old");
  }
  t("end");
}
