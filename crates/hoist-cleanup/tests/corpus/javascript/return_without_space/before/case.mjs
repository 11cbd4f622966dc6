import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  const on = await client.getBooleanValue("new-nav", false);
  if (x) return(on && x);
  return typeof(on ? x : 1);
}

export async function main() {
  t(String(await f(2)));
  t(String(await f(0)));
}
