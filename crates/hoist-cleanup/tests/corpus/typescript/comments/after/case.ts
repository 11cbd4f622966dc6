import { t } from "trace";

export async function main() {
  t("start");

  // Why there is a flag here.
  // The new way.
  t("new"); // behind new
  /* multi
       line */
  t(`text
  with lines`);
  // last

  t("end");
}
