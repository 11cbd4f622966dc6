import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on = false as boolean;
  t({ a: 1, ...(on && { b: 2 }) });
  t({ a: 1, ...((false as boolean) && { b: 2 }) });
}
