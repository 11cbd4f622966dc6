import { t } from "trace";

export async function main() {
  {
    const x = 1;
    t(x);
  }
  t("new");
}
