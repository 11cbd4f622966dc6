import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

class Page {
  private ready = false;

  async start(): Promise<void> {
    this.ready = await client.getBooleanValue("new-nav", false);
    if (this.ready === true) t("ready");
  }
}

export async function main(): Promise<void> {
  let on = false;
  on = await client.getBooleanValue("new-nav", false);
  if (on === true) t("on");
  let ever: boolean;
  ever = await client.getBooleanValue("new-nav", false);
  while (ever !== false) t("ever");
  t("started");
  let plain: boolean;
  plain = await client.getBooleanValue("new-nav", false);
  if (plain) t("plain");
  await new Page().start();
}
