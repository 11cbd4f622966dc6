import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  if (await client.getBooleanValue("new-nav", false)) {
    if (x > 1) return "many";
    else return "few";
  }
  t("never");
  return "old";
}

export async function main() {
  t(await f(2));
  t(await f(0));
}
