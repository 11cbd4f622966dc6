import { t } from "trace";

export async function main() {
  let n = 0;
  while (n < 2) {
    n += 1;
    t(n);
  }
}
