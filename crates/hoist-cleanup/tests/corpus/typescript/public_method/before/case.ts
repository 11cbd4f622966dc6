import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export class Nav {
  async isNew(): Promise<boolean> {
    return client.getBooleanValue("new-nav", false);
  }
}

export async function main(): Promise<void> {
  if (await new Nav().isNew()) t("new");
}
