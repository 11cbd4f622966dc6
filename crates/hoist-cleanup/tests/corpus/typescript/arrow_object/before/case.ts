import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

type Style = { bold?: boolean };

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  const style = (): Style => on ? { bold: true } : {};
  const sizes = [1, 2].map((size): object => (!on && { size }) || {});
  t(JSON.stringify([style(), sizes]));
}
