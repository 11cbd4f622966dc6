import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  await client.getStringValue("new-nav", "x");
  t("end");
}
