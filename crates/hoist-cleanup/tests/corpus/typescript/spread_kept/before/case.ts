import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  const body = { a: 1, ...(on && { b: 2 }) };
  t(body.b ?? "none");
  const other = { a: 1, ...((await client.getBooleanValue("new-nav", false)) && { b: 2 }) };
  t(other.b ?? "none");
}
