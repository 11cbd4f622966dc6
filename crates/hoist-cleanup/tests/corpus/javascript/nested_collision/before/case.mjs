import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const on = await client.getBooleanValue("new-nav", false);
  const x = 1;
  if (on) {
    t("outer");
    if (on) {
      const x = 2;
      t(x);
    }
  }
  t(x);
}
