import { t } from "trace";

export async function main(): Promise<void> {
  t({ a: 1, ...({ b: 2 }) });
}
