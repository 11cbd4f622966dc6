import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f() {
  let n = 0;
  while (await client.getBooleanValue("new-nav", false)) {
    n += 1;
    if (n > 1) return n;
  }
  t("never");
}

export async function main() {
  t(String(await f()));
}
