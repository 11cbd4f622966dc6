import { t } from "trace";

export async function main() {
  t("cold");
  t("blue");
  t("end");
}
