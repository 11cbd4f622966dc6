import { t } from "trace";

async function f(x) {
  if (x) return(x);
  return typeof(x);
}

export async function main() {
  t(String(await f(2)));
  t(String(await f(0)));
}
