import { t } from "trace";

async function size(text?: string) {
  if (!text) return;
  if (true as boolean) return text;
  return text.length;
}

async function label(text?: string): Promise<void> {
  const date: Date | null = (false as boolean) ? new Date(0) : null;
  if (date) t(date.getTime());
  const found = ((false as boolean) ? text : undefined)?.length;
  t(found ?? -1);
}

export async function main(): Promise<void> {
  const found = await size("a");
  t(typeof found === "string" ? found.length : found?.toFixed());
  await label("b");
}
