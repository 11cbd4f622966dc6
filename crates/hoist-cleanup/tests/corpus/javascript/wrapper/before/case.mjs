import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function isNewNav() {
  return client.getBooleanValue("new-nav", false);
}

const isOld = async () => !(await client.getBooleanValue("new-nav", false));

export async function main() {
  if (await isNewNav()) t("new");
  if (await isOld()) t("old");
}
