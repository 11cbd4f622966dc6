import { t } from "trace";

class Page {
  private ready = false;

  async start(): Promise<void> {
    this.ready = false as boolean;
    if (this.ready === true) t("ready");
  }
}

export async function main(): Promise<void> {
  let on = false;
  on = false as boolean;
  if (on === true) t("on");
  let ever: boolean;
  ever = false as boolean;
  while (ever !== false) t("ever");
  t("started");
  let plain: boolean;
  plain = false;
  if (plain) t("plain");
  await new Page().start();
}
