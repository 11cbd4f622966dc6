import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  const either = x || (await client.getBooleanValue("new-nav", false));
  t(String(either));
}

export async function main() {
  await f("a");
  await f(0);
}
