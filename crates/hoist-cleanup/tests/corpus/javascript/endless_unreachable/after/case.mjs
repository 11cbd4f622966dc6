import { t } from "trace";

async function f() {
  let n = 0;
  while (true) {
    n += 1;
    if (n > 1) return n;
  }
}

export async function main() {
  t(String(await f()));
}
