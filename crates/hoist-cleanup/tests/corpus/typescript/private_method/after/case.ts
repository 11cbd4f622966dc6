import { t } from "trace";

class Nav {
  async show(): Promise<void> {
    t("new");
  }
}

export async function main(): Promise<void> {
  await new Nav().show();
}
