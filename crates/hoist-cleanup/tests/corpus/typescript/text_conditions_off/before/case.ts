import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function columns() {
  const layout = await client.getStringValue("new-nav", "");
  switch (layout) {
    case "a":
      return 3;
    default:
      return 1;
  }
}

export async function main(): Promise<void> {
  const mode = await client.getStringValue("new-nav", "");
  if (mode) t("on", mode);
  else t("off");
  t(mode ? "yes" : "no", mode || "x", mode && "y", !mode, mode ?? "z");
  t((await client.getStringValue("new-nav", "")) || "direct");
  while (mode) {
    t("loop");
    break;
  }
  t((mode ? { a: 1 } : null) ?? { a: 2 });
  t(await columns());
}
