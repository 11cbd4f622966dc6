import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function changed(details: { flagsChanged: string[] }): void {
  if (details.flagsChanged.includes("new-nav")) t("changed");
}

export async function main(): Promise<void> {
  changed({ flagsChanged: ["new-nav"] });
  if (await client.getBooleanValue("new-nav", false)) t("new");
}
