import { t } from "trace";

async function f(x) {
  if (x === 1) {
    t("one");
  }
}

export async function main() {
  await f(1);
  await f(2);
}
