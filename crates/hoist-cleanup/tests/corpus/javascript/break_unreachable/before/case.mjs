import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  for (const x of [1, 2]) {
    t(String(x));
    if (await client.getBooleanValue("new-nav", false)) {
      break;
    }
    t("never");
  }
  t("end");
}
