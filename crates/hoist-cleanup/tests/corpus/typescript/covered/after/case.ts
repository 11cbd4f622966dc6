import { t } from "trace";

interface Item {
  tags?: string[];
  role: "admin" | "user";
}

async function chain(item: Item): Promise<string> {
  if (item.tags) {
    return item.tags.join();
  } else {
    return "none";
  }
}

async function early(item: Item): Promise<string> {
  if (item.role === "admin") return "A";
  return "C";
}

export async function main(): Promise<void> {
  const items: Item[] = [{ role: "user" }, { tags: ["q"], role: "admin" }];
  for (const item of items) {
    t(await chain(item), await early(item));
  }
}
