import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  while (await client.getBooleanValue("new-nav", false)) {
    t("loop");
  }
  let n = 0;
  do {
    n += 1;
    t(n);
  } while ((await client.getBooleanValue("new-nav", false)) && n < 3);
}
