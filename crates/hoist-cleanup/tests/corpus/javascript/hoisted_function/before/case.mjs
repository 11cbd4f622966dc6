import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f() {
  t(name());
  if (await client.getBooleanValue("new-nav", false)) {
    return;
  }
  t("never");
  function name() {
    return "hoisted";
  }
}

export async function main() {
  await f();
}
