import { h, t } from "trace";

type Mode = "a" | "b" | "c";
const labels: Record<Mode, string> = { a: "A", b: "B", c: "C" };

function shown(mode: Mode): string {
  return mode;
}

function nav(): void {
  const mode = "b" as Mode;
  const list = [mode];
  const more: Mode[] = list;
  if (mode === "c") return t("c");
  t(more.length);
}

function side(): void {
  t(labels["b"]);
  t(labels["b"]);
  t(<p title={shown("b")}><b /></p>);
}

export async function main(): Promise<void> {
  nav();
  side();
}
