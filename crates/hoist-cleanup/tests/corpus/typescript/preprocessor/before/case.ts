import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  /// #if new-nav
  t("built");
  /// #endif
  if (await client.getBooleanValue("new-nav", false)) t("new");
}
