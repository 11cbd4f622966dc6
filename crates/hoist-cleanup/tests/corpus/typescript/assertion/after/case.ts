import { t } from "trace";

export async function main(): Promise<void> {
  // @ts-ignore
  const n: number = "text";
  t(String(n));
}
