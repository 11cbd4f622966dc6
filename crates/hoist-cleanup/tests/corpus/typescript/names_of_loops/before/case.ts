import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

interface State {
  on: number;
}

type on = string;

export async function main(): Promise<void> {
  const on: boolean = await client.getBooleanValue("new-nav", false);
  const o: State = { on: 1 };
  t(String(o.on));
  if (on) t("new");
  const words: on[] = ["a"];
  for (const on of words) t(on);
  const f = (on: number) => t(String(on));
  f(2);
}
