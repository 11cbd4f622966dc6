import { t } from "trace";

export const KEY = "new-nav";

export async function main() {
  t("new");
}
