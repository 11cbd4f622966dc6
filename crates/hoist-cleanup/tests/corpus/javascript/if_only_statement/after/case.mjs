import { t } from "trace";

async function f() {}

export async function main() {
  await f();
  t("end");
}
