import { t } from "trace";

interface State {
  on: number;
}

type on = string;

export async function main(): Promise<void> {
  const o: State = { on: 1 };
  t(String(o.on));
  t("new");
  const words: on[] = ["a"];
  for (const on of words) t(on);
  const f = (on: number) => t(String(on));
  f(2);
}
