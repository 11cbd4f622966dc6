import { t } from "trace";

async function f(): Promise<string> {
  t("work");
  return "new";
}

export async function main() {
  t(await f());
}
