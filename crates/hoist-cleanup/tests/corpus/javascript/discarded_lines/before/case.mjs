import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  t("first");

  if (await client.getBooleanValue("new-nav", false)) {
    t("new");
  }

  t("second");
  if (await client.getBooleanValue("new-nav", false)) t("one line");

  // About the third.
  t("third");
}
