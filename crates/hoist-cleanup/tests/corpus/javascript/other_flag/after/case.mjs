import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  if (await client.getBooleanValue("new-nav-2", false)) t("two");
  if (await client.getBooleanValue("other", false)) t("other");
  t("new");
  if (true) t("a person wrote this");
}
