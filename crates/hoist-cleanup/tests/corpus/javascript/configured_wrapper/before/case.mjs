import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

function isOn(key) {
  return key === "new-nav";
}

export async function main() {
  if (isOn("new-nav")) t("new");
  if (isOn("other")) t("other");
}
