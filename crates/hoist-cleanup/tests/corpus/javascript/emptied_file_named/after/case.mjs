import { t } from "trace";

export async function main() {
  await import("./old_start.mjs");
  t("new");
}
