import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function isNewNav(x) {
  return client.getBooleanValue("new-nav", false);
}

export async function main() {
  const all = await Promise.all([1, 2].map(isNewNav));
  t(all.join());
}
