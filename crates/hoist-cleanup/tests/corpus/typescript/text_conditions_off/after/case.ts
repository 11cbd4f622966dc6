import { t } from "trace";

async function columns() {
  switch ("" as string) {
    case "a":
      return 3;
    default:
      return 1;
  }
}

export async function main(): Promise<void> {
  t("off");
  t("no", "x", "", true, "");
  t("direct");
  t({ a: 2 });
  t(await columns());
}
