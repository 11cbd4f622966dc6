import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const [on, name] = [await client.getBooleanValue("new-nav", false), "name"];
  if (on) t(name);
}
