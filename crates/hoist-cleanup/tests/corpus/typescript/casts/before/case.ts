import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on = (await client.getBooleanValue("new-nav", false)) as boolean;
  if (on!) t("new");
  if (Boolean(await client.getBooleanValue("new-nav", false))) t("boolean");
  if (!!(await client.getBooleanValue("new-nav", false))) t("twice");
}
