import { t } from "trace";

export async function main() {
  if (true) {
    t("true");
  }
  const a = null;
  if (a != null && !(a === "b")) t("never");
  t("new");
  return true || t("never");
}
