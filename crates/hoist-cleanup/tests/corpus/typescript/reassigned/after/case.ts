import { t } from "trace";

async function f(q) {
  let on = true;
  if (q) on = false;
  if (on) t("on");
  else t("off");
}

export async function main() {
  await f(true);
  await f(false);
}
