import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

const FLAGS = { newNav: "new-nav", other: "other" } as const;

export async function main(): Promise<void> {
  if (await client.getBooleanValue(FLAGS.newNav, false)) {
    t("new");
  }
}
