import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  const both = x && (await client.getBooleanValue("new-nav", false));
  t(String(both));
}

export async function main() {
  await f("a");
  await f("");
}
