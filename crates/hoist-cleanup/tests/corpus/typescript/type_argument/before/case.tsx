import { useStringFlagValue } from "@openfeature/react-sdk";
import { h, t } from "trace";

type Mode = "a" | "b" | "c";
const labels: Record<Mode, string> = { a: "A", b: "B", c: "C" };

function shown(mode: Mode): string {
  return mode;
}

function nav(): void {
  const mode = useStringFlagValue<Mode>("new-nav", "a");
  const list = [mode];
  const more: Mode[] = list;
  if (mode === "c") return t("c");
  t(more.length);
}

function side(): void {
  const mode = useStringFlagValue<Mode>("new-nav", "a");
  t(labels[mode]);
  t(labels[useStringFlagValue<Mode>("new-nav", "a")]);
  t(<p title={shown(mode)}>{mode === "c" ? <i /> : <b />}</p>);
}

export async function main(): Promise<void> {
  nav();
  side();
}
