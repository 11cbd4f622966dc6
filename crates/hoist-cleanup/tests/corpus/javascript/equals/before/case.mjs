import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  const on = await client.getBooleanValue("new-nav", false);
  if (on === x > 1) t("same");
  if ((x > 1) !== on) t("other");
  if (on === true) t("on");
  if (on !== false) t("not off");
  if (on == 1) t("one");
}

export async function main() {
  await f(2);
  await f(0);
}
