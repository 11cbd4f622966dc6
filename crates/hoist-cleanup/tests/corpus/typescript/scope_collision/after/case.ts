import { t } from "trace";

async function f() {
  {
    const x = 1;
    t(x);
  }
  const x = 2;
  t(x);
}

export async function main() {
  await f();
}
