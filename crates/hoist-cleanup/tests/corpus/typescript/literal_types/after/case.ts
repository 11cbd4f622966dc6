import { t } from "trace";

export const MODE = "b" as string;

export async function main() {
  if (MODE === "c") t("c");
  const mode = "b" as string;
  let later = mode;
  later = "c";
  t(later === mode ? "same" : "other");
  switch ("b" as string) {
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
