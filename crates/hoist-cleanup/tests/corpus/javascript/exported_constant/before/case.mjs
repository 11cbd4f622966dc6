import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export const enabled = await client.getBooleanValue("new-nav", false);

export async function main() {
  if (enabled) t("new");
}
