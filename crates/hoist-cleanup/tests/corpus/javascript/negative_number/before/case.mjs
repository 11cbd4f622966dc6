import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const n = await client.getNumberValue("new-nav", 1);
  t(5-n);
  t(-n);
  t(n ** 2);
  t((await client.getNumberValue("new-nav", 1)).toFixed(1));
}
