import { t } from "trace";

export async function main() {
  const x = 1;
  t("outer");
  {
    const x = 2;
    t(x);
  }
  t(x);
}
