import { t } from "trace";

async function columns() {
  switch ("b" as string) {
    case "a":
      return 3;
    default:
      return 1;
  }
}

export async function main(): Promise<void> {
  t("on", "b");
  t("yes", "b", "y", false, "b");
  t("b");
  while (true) {
    t("loop");
    break;
  }
  t(({ a: 1 }));
  t(await columns());
}
