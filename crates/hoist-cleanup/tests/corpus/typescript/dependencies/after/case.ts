import { t } from "trace";

const useMemo = <T>(make: () => T, on: readonly unknown[]): T => (t(on.length > 5), make());

export async function main(): Promise<void> {
  const items = ["b", "a"];
  t(useMemo(() => (items.slice().sort()), [items]).join());
  t(useMemo(() => (true ? 1 : 2), []));
}
