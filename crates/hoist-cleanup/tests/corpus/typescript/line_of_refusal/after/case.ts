import { t } from "trace";

function audit(): boolean {
  t("audit");
  return true;
}

export async function main(): Promise<void> {
  t("start");

  t(audit() && false);
}
