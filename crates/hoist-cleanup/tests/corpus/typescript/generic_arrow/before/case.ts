import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  const pick = <T,>(a: T, b: T): T => (on ? a : b);
  t(pick<string>("a", "b"));
}
