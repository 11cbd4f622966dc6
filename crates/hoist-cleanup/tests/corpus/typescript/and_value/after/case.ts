import { t } from "trace";

async function f(x: number): Promise<boolean> {
  return x > 1;
}

export async function main(): Promise<void> {
  t(String(await f(2)));
  t(String(await f(0)));
}
