import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

const settings = { getBooleanValue: (key) => key === "new-nav" };

export async function main() {
  if (settings.getBooleanValue("new-nav")) t("new");
}
