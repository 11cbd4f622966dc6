import { t } from "trace";

export async function main() {
  const x = 1;
  switch ("blue" as string) {
    case "blue":
      if (x) break;
      t("blue");
      break;
    default:
      t("other");
  }
  t("end");
}
