import { t } from "trace";

export async function main() {
  t(String(3 * 2 + 1));
  t(String(-3));
  t(String(3 > 2));
}
