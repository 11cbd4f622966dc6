import { t } from "trace";

export async function main() {
  for (const x of [1, 2]) {
    t(String(x));
    continue;
  }
}
