import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function makeDefault() {
  t("default");
  return false;
}

export async function main() {
  if (await client.getBooleanValue("new-nav", makeDefault())) t("new");
}
