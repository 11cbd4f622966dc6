import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function other() {
  t("other");
  return 3;
}

export async function main() {
  const on = await client.getBooleanValue("new-nav", false),
    n = other();
  if (on) t(n);
}
