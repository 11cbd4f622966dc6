import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

import { readFileSync } from "node:fs";

function old() {
  helper();
  t("old");
}

function helper() {
  readFileSync("x");
}

function unusedBefore() {}

export async function main() {
  if (await client.getBooleanValue("new-nav", false)) {
    t("new");
  } else {
    old();
  }
}
