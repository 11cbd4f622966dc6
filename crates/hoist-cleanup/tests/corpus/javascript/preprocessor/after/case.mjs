import { t } from "trace";

export async function main() {
  /// #if new-nav
  t("built");
  /// #endif
  t("new");
}
