import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function isNew(name = "x") {
  return await client.getBooleanValue("new-nav", false);
}

export async function main() {
  if (await isNew()) t("new");
  const on = await isNew("y");
  t(on ? "on" : "off");
}
