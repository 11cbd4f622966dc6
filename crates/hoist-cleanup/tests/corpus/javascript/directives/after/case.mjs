import { t } from "trace";

export async function main() {
  // eslint-disable-next-line no-undef
  t("end");
  // Both.
  // eslint-disable-next-line no-alert
  t("new");
}
