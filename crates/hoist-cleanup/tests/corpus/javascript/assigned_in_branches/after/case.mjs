import { t } from "trace";

export async function main() {
  let x;
  x = "new";
  t(x);
}
