import { t } from "trace";

export async function main() {
  t("start");

  t("end");
}
