import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f(x) {
  const on = await client.getBooleanValue("new-nav", false);
  switch (true) {
    case x === 1:
      t("one");
      break;
    case on:
      t("new");
      break;
    case x === 2:
      t("two");
      break;
    default:
      t("old");
  }
}

export async function main() {
  await f(1);
  await f(2);
  await f(3);
}
