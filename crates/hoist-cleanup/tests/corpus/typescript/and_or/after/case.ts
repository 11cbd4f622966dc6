import { t } from "trace";

async function f(x, y) {
  if (x > 1) t("and");
  if (x > 1) t("right");
  t("or");
  if (!(x || y())) t("not");
  if (x || y()) t("paren");
}

export async function main() {
  await f(2, () => false);
  await f(0, () => true);
}
