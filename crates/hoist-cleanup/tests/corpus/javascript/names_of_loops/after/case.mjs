import { t } from "trace";

export async function main() {
  const o = { on: 1, at: true };
  t(JSON.stringify(o));
  t(String(o.on));
  for (const on of ["a"]) t(on);
  try {
    throw new Error("x");
  } catch (on) {
    t(on.message);
  }
  [2].forEach((on) => t(String(on)));
  const f = function on() {
    return typeof on;
  };
  t(f());
}
