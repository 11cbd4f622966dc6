import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

if (!(await client.getBooleanValue("new-nav", false))) {
  t("old");
}
