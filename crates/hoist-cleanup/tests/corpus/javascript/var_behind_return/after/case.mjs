import { t } from "trace";

async function f(x) {
  if (x) {
    legacy = 1;
    return legacy;
  }
  return 2;
  var legacy = 3;
  return legacy;
}

export async function main() {
  t(await f(true));
  t(await f(false));
}
