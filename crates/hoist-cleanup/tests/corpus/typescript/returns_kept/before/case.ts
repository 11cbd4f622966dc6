import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function load() {
  if (!(await client.getBooleanValue("new-nav", false))) return null;
  return { id: 1 };
}

async function size() {
  const on = await client.getBooleanValue("new-nav", false);
  if (on) {
    return "large";
  }
  return 3;
}

async function answer() {
  if (await client.getBooleanValue("new-nav", false)) return { status: 200, body: "new" };
  return { status: 404, body: "old" };
}

async function title() {
  return (await client.getBooleanValue("new-nav", false)) ? "A new title" : "An old title";
}

export async function main(): Promise<void> {
  const loaded = await load();
  if (loaded) t(loaded.id);
  const found = await size();
  t(typeof found === "string" ? found.length : found.toFixed());
  const { status, body } = await answer();
  t(status === 200, body.length);
  t((await title()) === "A new title");
}
