import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(name) {
  return client.getBooleanValue(name, false);
}

export async function main() {
  t(await f("new-nav"));
}
