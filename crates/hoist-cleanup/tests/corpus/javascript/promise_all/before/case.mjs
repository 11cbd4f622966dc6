import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const [on, n] = await Promise.all([client.getBooleanValue("new-nav", false), Promise.resolve(3)]);
  t(on ? n : 0);
}
