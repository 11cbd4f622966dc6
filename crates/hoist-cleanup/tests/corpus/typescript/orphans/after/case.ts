import { t } from "trace";

function unusedBefore() {}

export async function main() {
  t("new");
}
