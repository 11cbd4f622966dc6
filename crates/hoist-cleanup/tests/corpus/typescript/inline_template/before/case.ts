import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

const component = {
  template: `<nav *booleanFeatureFlag="'new-nav'; default: false"></nav>`,
};

export async function main(): Promise<void> {
  t(component.template);
  if (await client.getBooleanValue("new-nav", false)) t("new");
}
