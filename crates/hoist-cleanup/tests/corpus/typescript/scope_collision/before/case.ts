import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f() {
  if (await client.getBooleanValue("new-nav", false)) {
    const x = 1;
    t(x);
  }
  const x = 2;
  t(x);
}

export async function main() {
  await f();
}
