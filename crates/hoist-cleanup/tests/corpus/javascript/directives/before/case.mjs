import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  // eslint-disable-next-line no-console
  if (!(await client.getBooleanValue("new-nav", false))) t("old");
  // eslint-disable-next-line no-undef
  t("end");
  // Both.
  if (await client.getBooleanValue("new-nav", false)) {
    // eslint-disable-next-line no-alert
    t("new");
  }
}
