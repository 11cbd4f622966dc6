import { t } from "trace";

async function f() {
  t("work");
  return "new";
}

export async function main() {
  t(await f());
}
