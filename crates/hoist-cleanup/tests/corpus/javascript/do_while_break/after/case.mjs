import { t } from "trace";

async function f(x) {
  do {
    if (x) break;
    t("body");
  } while (false);
}

export async function main() {
  await f(true);
  await f(false);
  t("end");
}
