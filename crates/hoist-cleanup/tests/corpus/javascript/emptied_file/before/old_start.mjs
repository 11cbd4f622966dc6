import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function old() {
  t("old");
}

if (!(await client.getBooleanValue("new-nav", false))) {
  old();
}
