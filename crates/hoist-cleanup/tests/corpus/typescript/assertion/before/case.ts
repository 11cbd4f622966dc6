import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  if (await client.getBooleanValue("new-nav", false)) {
    // @ts-ignore
    const n: number = "text";
    t(String(n));
  }
}
