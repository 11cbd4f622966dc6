import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f() {
  if (await client.getBooleanValue("new-nav", false)) {
    t("new");
  }
}

export async function main() {
  await f();
  t("end");
}
