import { t } from "trace";

async function load() {
  if (true as boolean) return null;
  return { id: 1 };
}

async function size() {
  if (false as boolean) {
    return "large";
  }
  return 3;
}

async function answer() {
  return { status: 404, body: "old" };
}

async function title() {
  return "An old title";
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
