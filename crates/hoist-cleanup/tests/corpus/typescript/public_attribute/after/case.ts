import { t } from "trace";

class Nav {
  on = false;

  async load() {
    this.on = true;
  }
}

export async function main(): Promise<void> {
  const nav = new Nav();
  await nav.load();
  if (nav.on) t("new");
}
