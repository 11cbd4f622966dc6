import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const label = (await client.getBooleanValue("new-nav", false)) ? "new" : "old";
  t(label);
  t((await client.getBooleanValue("new-nav", false)) ? String(1 + 2) : "old");
}
