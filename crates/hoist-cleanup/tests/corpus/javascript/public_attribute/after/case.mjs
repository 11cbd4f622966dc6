import { t } from "trace";

class Nav {
  async load() {
    this.on = true;
  }
}

export async function main() {
  const nav = new Nav();
  await nav.load();
  if (nav.on) t("new");
}
