import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

type Mode = "a" | "b";

const client = OpenFeature.getClient();
const labels: Record<Mode, string> = { a: "A", b: "B" };

export async function main(): Promise<void> {
  const mode = await client.getStringValue<Mode>("new-nav", "a");
  t(labels[mode]);
  const size = (await client.getStringValue<Mode>("new-nav", "a")) === "b" ? 1 : 2;
  t(mode === "a" ? "first" : "second", size);
}
