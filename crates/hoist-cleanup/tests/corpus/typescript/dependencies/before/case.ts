import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();
const useMemo = <T>(make: () => T, on: readonly unknown[]): T => (t(on.length > 5), make());

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  const items = ["b", "a"];
  t(useMemo(() => (on ? items.slice().sort() : items), [items, on]).join());
  t(useMemo(() => (on ? 1 : 2), [on]));
}
