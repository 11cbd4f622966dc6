import { t } from "trace";

async function f(x) {
  if (x > 1) return "many";
  else return "few";
}

export async function main() {
  t(await f(2));
  t(await f(0));
}
