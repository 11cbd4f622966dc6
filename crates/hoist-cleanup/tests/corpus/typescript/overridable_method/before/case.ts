import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export class Nav {
  async isNew(): Promise<boolean> {
    return client.getBooleanValue("new-nav", false);
  }

  async show(): Promise<void> {
    if (await this.isNew()) t("new");
  }
}

class OldNav extends Nav {
  async isNew(): Promise<boolean> {
    return t("old") === undefined && false;
  }
}

export async function main(): Promise<void> {
  await new Nav().show();
  await new OldNav().show();
  t("end");
}
