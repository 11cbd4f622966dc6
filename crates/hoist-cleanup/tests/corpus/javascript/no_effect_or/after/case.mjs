import { t } from "trace";

async function f(x) {
  t("or");
  t(String(true));
}

export async function main() {
  await f(2);
  await f(0);
}
