import { t } from "trace";

async function f(x, y) {
  if (x > 1) t("or");
  if (x > 1) t("right");
  t("not");
}

export async function main() {
  await f(2, () => t("never"));
  await f(0, () => t("never"));
}
