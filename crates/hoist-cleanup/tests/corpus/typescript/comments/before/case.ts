import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  t("start");

  // Why there is a flag here.
  if (await client.getBooleanValue("new-nav", false)) {
    // The new way.
    t("new"); // behind new
    /* multi
       line */
    t(`text
  with lines`);
    // last
  } else {
    // The old way.
    t("old");
  }

  t("end");
}
