import { t } from "trace";

export async function main(): Promise<void> {
  /// #if new-nav
  t("built");
  /// #endif
  t("new");
}
