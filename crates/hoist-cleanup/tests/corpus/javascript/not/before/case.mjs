import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const on = await client.getBooleanValue("new-nav", false);
  if (!on) t("never");
  if (!!on) t("twice");
  t(!on ? "old" : "new");
}
