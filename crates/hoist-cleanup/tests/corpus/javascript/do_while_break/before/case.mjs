import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  do {
    if (x) break;
    t("body");
  } while (await client.getBooleanValue("new-nav", false));
}

export async function main() {
  await f(true);
  await f(false);
  t("end");
}
