import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(q) {
  let on = await client.getBooleanValue("new-nav", false);
  if (q) on = false;
  if (on) t("on");
  else t("off");
}

export async function main() {
  await f(true);
  await f(false);
}
