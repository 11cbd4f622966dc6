import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  t("start");

  // Only with the new navigation.
  if (await client.getBooleanValue("new-nav", false)) {
    t("new");
  } // behind

  t("end");
}
