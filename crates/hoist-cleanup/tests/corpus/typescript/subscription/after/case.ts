import { t } from "trace";

function changed(details: { flagsChanged: string[] }): void {
  if (details.flagsChanged.includes("new-nav")) t("changed");
}

export async function main(): Promise<void> {
  changed({ flagsChanged: ["new-nav"] });
  t("new");
}
