import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

const isNew = async (): Promise<boolean> => await client.getBooleanValue("new-nav", false);

export async function main(): Promise<void> {
  if (await isNew()) t("new");
  t((await isNew()) ? "on" : "off");
}
