import { t } from "trace";

type Mode = "a" | "b";

const labels: Record<Mode, string> = { a: "A", b: "B" };

export async function main(): Promise<void> {
  t(labels["b"]);
  const size = 1;
  t("second", size);
}
