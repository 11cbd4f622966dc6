import { t } from "trace";

async function f(x) {
  const both = x && true;
  t(String(both));
}

export async function main() {
  await f("a");
  await f("");
}
