import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const details = await client.getBooleanDetails("new-nav", false);
  if (details.value) t("new");
  t((await client.getBooleanDetails("new-nav", false)).value ? "a" : "b");
}
