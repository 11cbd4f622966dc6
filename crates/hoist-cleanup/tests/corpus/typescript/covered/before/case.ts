import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

interface Item {
  tags?: string[];
  role: "admin" | "user";
}

async function chain(item: Item): Promise<string> {
  if ((await client.getBooleanValue("new-nav", false)) && item.tags) {
    return item.tags.join();
  } else if (item.tags) {
    return "old" + item.tags.length;
  } else {
    return "none";
  }
}

async function early(item: Item): Promise<string> {
  const on = await client.getBooleanValue("new-nav", false);
  if (on && item.role === "admin") return "A";
  if (item.role === "admin") return "B";
  return "C";
}

export async function main(): Promise<void> {
  const items: Item[] = [{ role: "user" }, { tags: ["q"], role: "admin" }];
  for (const item of items) {
    t(await chain(item), await early(item));
  }
}
