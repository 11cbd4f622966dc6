import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function changed(details) {
  if (details.flagsChanged.includes("new-nav")) t("changed");
}

export async function main() {
  changed({ flagsChanged: ["new-nav"] });
  if (await client.getBooleanValue("new-nav", false)) t("new");
}
