import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export class Nav {
  async isNew() {
    return client.getBooleanValue("new-nav", false);
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
