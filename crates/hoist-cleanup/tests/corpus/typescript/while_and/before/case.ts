import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  let n = 0;
  while (((await client.getBooleanValue("new-nav", false))) && n < 2) {
    n += 1;
    t(String(n));
  }
}
