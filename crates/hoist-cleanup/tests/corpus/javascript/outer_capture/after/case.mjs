import { t } from "trace";

const name = "outer";

async function f() {
  {
    const name = "inner";
    t(name);
  }
  t(name);
}

export async function main() {
  await f();
}
