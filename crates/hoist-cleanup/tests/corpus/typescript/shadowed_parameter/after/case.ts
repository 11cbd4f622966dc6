import { t } from "trace";

async function f() {
  function g(on) {
    if (on) t("g");
  }
  t("f");
  g(false);
  g(true);
  const o = { on: 3 };
  t(o.on);
  on: for (;;) {
    break on;
  }
}

export async function main() {
  await f();
}
