import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  if (x > 1 && (await client.getBooleanValue("new-nav", false))) t("never");
  const both = x > 1 && (await client.getBooleanValue("new-nav", false));
  t(String(both));
}

export async function main() {
  await f(2);
  await f(0);
}
