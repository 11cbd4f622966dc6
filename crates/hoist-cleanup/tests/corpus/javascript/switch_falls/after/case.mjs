import { t } from "trace";

export async function main() {
  switch ("blue") {
    case "blue":
      t("blue");
    case "red":
      t("red");
      break;
    default:
      t("other");
  }
}
