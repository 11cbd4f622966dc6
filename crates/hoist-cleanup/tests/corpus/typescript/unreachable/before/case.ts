import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(): Promise<number> {
  if (await client.getBooleanValue("new-nav", false)) {
    t("new");
    return 1;
  }
  legacy();
  return 2;
}

function legacy() {
  t("legacy");
}

export async function main() {
  t(await f());
}
