import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  if (x === 1) {
    t("one");
  } else if (await client.getBooleanValue("new-nav", false)) {
    t("new");
  } else if (x === 2) {
    t("two");
  } else {
    t("old");
  }
}

export async function main() {
  await f(1);
  await f(2);
  await f(3);
}
