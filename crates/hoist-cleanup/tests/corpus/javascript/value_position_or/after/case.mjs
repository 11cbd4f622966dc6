import { t } from "trace";

async function f(x) {
  const either = x || false;
  t(String(either));
}

export async function main() {
  await f("a");
  await f(0);
}
