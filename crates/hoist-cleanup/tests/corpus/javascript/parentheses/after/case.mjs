import { t } from "trace";

async function f(a, b) {
  if (!(a || b)) t("not");
  if (a || b) t("or");
  t(typeof a);
  t(String(-a));
  t(`${a + 1}`);
  t(String((a || b) && 1));
}

export async function main() {
  await f(1, 0);
  await f(0, 2);
}
