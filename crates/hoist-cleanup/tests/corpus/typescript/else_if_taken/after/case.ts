import { t } from "trace";

async function f(x) {
  if (x === 1) {
    t("one");
  } else {
    t("new");
  }
}

export async function main() {
  await f(1);
  await f(2);
  await f(3);
}
