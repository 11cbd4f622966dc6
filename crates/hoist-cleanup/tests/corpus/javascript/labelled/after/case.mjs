import { t } from "trace";

export async function main() {
  outer: for (const a of [1, 2]) {
    for (const b of [1, 2]) {
      t(`${a} ${b}`);
      continue outer;
    }
  }
}
