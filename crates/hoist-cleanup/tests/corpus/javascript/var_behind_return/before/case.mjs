import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  if (x) {
    legacy = 1;
    return legacy;
  }
  if (await client.getBooleanValue("new-nav", false)) {
    return 2;
  }
  var legacy = 3;
  return legacy;
}

export async function main() {
  t(await f(true));
  t(await f(false));
}
