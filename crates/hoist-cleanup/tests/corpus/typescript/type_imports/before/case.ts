import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

import "trace";

type Old = { name: string };
enum Way {
  Left = "left",
  Right = "right",
}

function old(it: Old): void {
  t(it.name + Way.Left);
}

export async function main(): Promise<void> {
  if (!(await client.getBooleanValue("new-nav", false))) old({ name: "old" });
  t("end");
}
