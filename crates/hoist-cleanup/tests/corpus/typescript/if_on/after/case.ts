import { t } from "trace";

export async function main() {
  // The new navigation.
  t("new");
  t("two");
  t("end");
}
