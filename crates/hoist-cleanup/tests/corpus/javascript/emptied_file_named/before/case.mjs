import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  await import("./old_start.mjs");
  if (await client.getBooleanValue("new-nav", false)) t("new");
}
