import { t } from "trace";

function start() {
  t("start");
  return 0;
}

export async function main() {
  for (let i = start(); false; i++) {
    t("loop " + i);
  }
}
