import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  do {
    t("once");
  } while (await client.getBooleanValue("new-nav", false));
  t("end");
}
