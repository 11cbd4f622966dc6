import { t } from "trace";

function changed(details) {
  if (details.flagsChanged.includes("new-nav")) t("changed");
}

export async function main() {
  changed({ flagsChanged: ["new-nav"] });
  t("new");
}
