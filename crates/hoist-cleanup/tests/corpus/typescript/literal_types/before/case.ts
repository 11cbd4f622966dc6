import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export const MODE = await client.getStringValue("new-nav", "a");

export async function main() {
  if (MODE === "c") t("c");
  const mode = await client.getStringValue("new-nav", "a");
  let later = mode;
  later = "c";
  t(later === mode ? "same" : "other");
  switch (await client.getStringValue("new-nav", "a")) {
    case later:
      t("later");
      break;
    case "b":
      t("b");
      break;
  }
  const on = mode === "b";
  const found = on ? undefined : { length: 1 };
  t(found?.length ?? "none");
}
