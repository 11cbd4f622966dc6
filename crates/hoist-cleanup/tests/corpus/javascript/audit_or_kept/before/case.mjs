import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function audit() {
  t("audit");
  return false;
}

export async function main() {
  const on = audit() || (await client.getBooleanValue("new-nav", false));
  if (on) {
    t("new");
  }
}
