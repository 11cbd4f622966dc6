import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function audit() {
  t("audit");
  return true;
}

export async function main() {
  if (audit() && (await client.getBooleanValue("new-nav", false))) {
    t("new");
  } else {
    t("old");
  }
}
