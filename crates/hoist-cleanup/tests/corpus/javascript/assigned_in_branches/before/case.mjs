import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  let x;
  if (await client.getBooleanValue("new-nav", false)) x = "new";
  else x = "old";
  t(x);
}
