import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  if (true) {
    t("true");
  }
  const a = null;
  if (a != null && !(a === "b")) t("never");
  if (await client.getBooleanValue("new-nav", false)) t("new");
  return true || t("never");
}
