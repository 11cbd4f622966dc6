import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  {
    const x = 1;
    t(x);
  }
  if (await client.getBooleanValue("new-nav", false)) {
    t("new");
  }
}
