import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  try {
    if (await client.getBooleanValue("new-nav", false)) t("new");
  } catch (error) {
    t("caught");
  } finally {
    t("finally");
  }
  try {
    if (await client.getBooleanValue("new-nav", false)) {
      t("new");
    }
  } catch {
    t("caught");
  }
  t("end");
}
