import { t } from "trace";

export async function main() {
  t("the flag new-nav is on");
  t("new");
}
