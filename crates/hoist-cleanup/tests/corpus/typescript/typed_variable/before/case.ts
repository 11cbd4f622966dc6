import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on: boolean = await client.getBooleanValue("new-nav", false);
  const label: string = on ? "new" : "old";
  t(label);
}
