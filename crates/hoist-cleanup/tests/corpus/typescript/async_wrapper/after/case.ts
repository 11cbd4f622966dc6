import { t } from "trace";

export async function main(): Promise<void> {
  t("new");
  t("on");
}
