import { t } from "trace";

export async function main(): Promise<void> {
  const pick = <T,>(a: T, b: T): T => (a);
  t(pick<string>("a", "b"));
}
