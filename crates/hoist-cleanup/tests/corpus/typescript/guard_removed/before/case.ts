import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(): Promise<string> {
  if (!(await client.getBooleanValue("new-nav", false))) return "old";
  t("work");
  return "new";
}

export async function main() {
  t(await f());
}
