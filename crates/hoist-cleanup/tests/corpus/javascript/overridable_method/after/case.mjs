import { t } from "trace";

export class Nav {
  async isNew() {
    return true;
  }

  async show() {
    if (await this.isNew()) t("new");
  }
}

class OldNav extends Nav {
  async isNew() {
    return false;
  }
}

export async function main() {
  await new Nav().show();
  await new OldNav().show();
  t("end");
}
