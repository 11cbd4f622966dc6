import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

interface Options {
  on: boolean;
}

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  const options: Options = { on };
  t(String(options.on));
}
