import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export const KEY = "new-nav";

export async function main() {
  if (await client.getBooleanValue(KEY, false)) t("new");
}
