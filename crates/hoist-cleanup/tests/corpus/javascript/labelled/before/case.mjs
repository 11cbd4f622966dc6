import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  outer: for (const a of [1, 2]) {
    for (const b of [1, 2]) {
      if (await client.getBooleanValue("new-nav", false)) {
        t(`${a} ${b}`);
        continue outer;
      }
      t("never");
    }
  }
}
