import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const n = await client.getNumberValue("new-nav", 1);
  t(String(n * 2 + 1));
  t(String(-n));
  t(String(n > 2));
}
