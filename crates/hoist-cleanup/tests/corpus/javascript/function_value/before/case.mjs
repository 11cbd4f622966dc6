import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const ask = async (x) => (await client.getBooleanValue("new-nav", false));
  t(String(await ask(1)));
  const on = await client.getBooleanValue("new-nav", false);
  t([1, 2].filter(() => on).join());
}
