import { t } from "trace";

export class Nav {
  async isNew(): Promise<boolean> {
    return true;
  }
}

export async function main(): Promise<void> {
  if (await new Nav().isNew()) t("new");
}
