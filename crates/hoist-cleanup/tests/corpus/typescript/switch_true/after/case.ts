import { t } from "trace";

export async function main(): Promise<void> {
  for (const x of [1, 6]) {
    switch (true) {
      case x > 5:
        t("five");
        break;
      default:
        t("on");
        break;
    }
  }
}
