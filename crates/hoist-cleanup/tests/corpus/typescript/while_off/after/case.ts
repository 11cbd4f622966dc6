import { t } from "trace";

export async function main() {
  let n = 0;
  n += 1;
  t(n);
}
