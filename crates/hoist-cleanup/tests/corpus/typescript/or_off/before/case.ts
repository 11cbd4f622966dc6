import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x, y) {
  const on = await client.getBooleanValue("new-nav", false);
  if (on && y()) t("and");
  if (on || x > 1) t("or");
  if (x > 1 || on) t("right");
  if (!on || x) t("not");
}

export async function main() {
  await f(2, () => t("never"));
  await f(0, () => t("never"));
}
