import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x: number): Promise<boolean> {
  return x > 1 && (await client.getBooleanValue("new-nav", false));
}

export async function main(): Promise<void> {
  t(String(await f(2)));
  t(String(await f(0)));
}
