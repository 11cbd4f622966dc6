import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  const mode = (["grid", "list"] as const)[on ? 0 : 1];
  t(mode === "grid" ? 1 : 2);
  const limit = [10, 20][on ? 0 : 1];
  t(limit);
}
