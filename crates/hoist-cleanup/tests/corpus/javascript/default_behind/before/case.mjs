import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const color = (await client.getStringValue("new-nav", "red")) || "green";
  t(color);
}
