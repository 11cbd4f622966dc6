import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

class Nav {
  private async isNew(): Promise<boolean> {
    return client.getBooleanValue("new-nav", false);
  }

  async show(): Promise<void> {
    if (await this.isNew()) {
      t("new");
    } else {
      this.old();
    }
  }

  private old(): void {
    t("old");
  }
}

export async function main(): Promise<void> {
  await new Nav().show();
}
