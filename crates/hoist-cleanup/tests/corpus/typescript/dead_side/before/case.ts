import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function size(text?: string) {
  if (!text) return;
  if (!(await client.getBooleanValue("new-nav", false))) return text;
  return text.length;
}

async function label(text?: string): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  const date: Date | null = on ? new Date(0) : null;
  if (date) t(date.getTime());
  const found = (on ? text : undefined)?.length;
  t(found ?? -1);
}

export async function main(): Promise<void> {
  const found = await size("a");
  t(typeof found === "string" ? found.length : found?.toFixed());
  await label("b");
}
