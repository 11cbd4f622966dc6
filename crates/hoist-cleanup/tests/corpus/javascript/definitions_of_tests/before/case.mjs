import { readFileSync } from "node:fs";
import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();
const { flags } = JSON.parse(readFileSync(new URL("./flags.test.json", import.meta.url), "utf8"));

export async function main() {
  const provider = flags;
  t(provider.other.defaultVariant);
  if (await client.getBooleanValue("new-nav", false)) t("new");
}
