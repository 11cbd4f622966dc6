import { t } from "trace";

export async function main() {
  t("first");

  t("second");

  // About the third.
  t("third");
}
