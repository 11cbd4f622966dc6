import { t } from "trace";

async function f(x) {
  if (x > 1) t("same");
  if (!(x > 1)) t("other");
  t("on");
  t("not off");
  if (true == 1) t("one");
}

export async function main() {
  await f(2);
  await f(0);
}
