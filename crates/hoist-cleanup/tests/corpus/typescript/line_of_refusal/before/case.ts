import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function audit(): boolean {
  t("audit");
  return true;
}

export async function main(): Promise<void> {
  t("start");

  const on = await client.getBooleanValue("new-nav", false);
  if (on) {
    t("new");
  }
  t(audit() && on);
}
