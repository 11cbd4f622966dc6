import { t } from "trace";

export async function main(): Promise<void> {
  const x = "other";
  t(x);
  t("end");
}
