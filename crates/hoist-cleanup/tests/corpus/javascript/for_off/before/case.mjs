import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const on = await client.getBooleanValue("new-nav", false);
  for (let i = 0; on && i < 3; i++) {
    t("loop " + i);
  }
  for (let i = 0; i < 2 || on; i++) {
    t("kept " + i);
  }
  t("end");
}
