import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f() {
  const on = await client.getBooleanValue("new-nav", false);
  function g(on) {
    if (on) t("g");
  }
  if (on) t("f");
  g(false);
  g(true);
  const o = { on: 3 };
  t(o.on);
  on: for (;;) {
    break on;
  }
}

export async function main() {
  await f();
}
