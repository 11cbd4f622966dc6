import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  t({ a: 1, ...(on && { b: 2 }), ...(!on && { c: 3 }) });
}
