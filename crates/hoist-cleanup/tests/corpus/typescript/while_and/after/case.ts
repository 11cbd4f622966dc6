import { t } from "trace";

export async function main(): Promise<void> {
  let n = 0;
  while (n < 2) {
    n += 1;
    t(String(n));
  }
}
