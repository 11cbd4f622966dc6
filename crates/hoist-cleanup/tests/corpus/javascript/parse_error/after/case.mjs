import { t } from "trace";

export async function main() {
  t("new");
}
