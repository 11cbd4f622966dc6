import { t } from "trace";

const component = {
  template: `<nav *booleanFeatureFlag="'new-nav'; default: false"></nav>`,
};

export async function main(): Promise<void> {
  t(component.template);
  t("new");
}
