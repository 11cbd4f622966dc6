import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

enum Flag {
  NewNav = "new-nav",
  Other = "other",
}

export async function main(): Promise<void> {
  if (await client.getBooleanValue(Flag.NewNav, false)) {
    t("new");
  } else {
    t("old");
  }
}
