import { t } from "trace";

async function f() {
  t(name());
  return;
  function name() {
    return "hoisted";
  }
}

export async function main() {
  await f();
}
