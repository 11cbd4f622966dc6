import { t } from "trace";

async function f(): Promise<number> {
  t("new");
  return 1;
}

export async function main() {
  t(await f());
}
