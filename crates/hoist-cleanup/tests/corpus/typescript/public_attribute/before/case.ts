import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

class Nav {
  on = false;

  async load() {
    this.on = await client.getBooleanValue("new-nav", false);
  }
}

export async function main(): Promise<void> {
  const nav = new Nav();
  await nav.load();
  if (nav.on) t("new");
}
