import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x, y) {
  if ((await client.getBooleanValue("new-nav", false)) && x > 1) t("and");
  if (x > 1 && (await client.getBooleanValue("new-nav", false))) t("right");
  if ((await client.getBooleanValue("new-nav", false)) || y()) t("or");
  if (!((await client.getBooleanValue("new-nav", false)) && (x || y()))) t("not");
  if (((await client.getBooleanValue("new-nav", false)) && x) || y()) t("paren");
}

export async function main() {
  await f(2, () => false);
  await f(0, () => true);
}
