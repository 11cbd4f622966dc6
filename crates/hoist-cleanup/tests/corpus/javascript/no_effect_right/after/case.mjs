import { t } from "trace";

async function f(x) {
  t(String(false));
}

export async function main() {
  await f(2);
  await f(0);
}
