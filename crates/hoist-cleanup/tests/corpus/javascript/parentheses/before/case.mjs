import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(a, b) {
  const on = await client.getBooleanValue("new-nav", false);
  if (!(on && (a || b))) t("not");
  if ((on && a) || b) t("or");
  t(typeof (on ? a : b));
  t(String(-(on ? a : b)));
  t(`${(on ? a : b) + 1}`);
  t(String((on ? a || b : b) && 1));
}

export async function main() {
  await f(1, 0);
  await f(0, 2);
}
