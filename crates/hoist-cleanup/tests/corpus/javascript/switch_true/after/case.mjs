import { t } from "trace";

async function f(x) {
  switch (true) {
    case x === 1:
      t("one");
      break;
    default:
      t("new");
      break;
  }
}

export async function main() {
  await f(1);
  await f(2);
  await f(3);
}
