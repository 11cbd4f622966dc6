import { t } from "trace";

export async function main() {
  for (let i = 0; i < 2; i++) {
    t("kept " + i);
  }
  t("end");
}
