import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const on = await client.getBooleanValue("new-nav", false);
  const list = [
    "first",
    on ? "new" : "old",
    ...(on ? ["more", "still"] : []),
  ];
  t(list.join());
}
