import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

const name = "outer";

async function f() {
  if (await client.getBooleanValue("new-nav", false)) {
    const name = "inner";
    t(name);
  }
  t(name);
}

export async function main() {
  await f();
}
