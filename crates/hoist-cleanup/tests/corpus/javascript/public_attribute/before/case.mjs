import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

class Nav {
  async load() {
    this.on = await client.getBooleanValue("new-nav", false);
  }
}

export async function main() {
  const nav = new Nav();
  await nav.load();
  if (nav.on) t("new");
}
