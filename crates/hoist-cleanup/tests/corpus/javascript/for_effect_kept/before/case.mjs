import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function start() {
  t("start");
  return 0;
}

export async function main() {
  const on = await client.getBooleanValue("new-nav", false);
  for (let i = start(); on; i++) {
    t("loop " + i);
  }
}
