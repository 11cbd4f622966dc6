import { t } from "trace";

export async function main() {
  t(5-(-3));
  t(-(-3));
  t((-3) ** 2);
  t((-3).toFixed(1));
}
