import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const details = await client.getBooleanDetails("new-nav", false);
  t(details.reason ?? "none");
  if (details.value) t("new");
}
