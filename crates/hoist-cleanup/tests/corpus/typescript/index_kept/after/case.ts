import { t } from "trace";

export async function main(): Promise<void> {
  const mode = (["grid", "list"] as const)[false ? 0 : 1];
  t(mode === "grid" ? 1 : 2);
  const limit = [10, 20][1];
  t(limit);
}
