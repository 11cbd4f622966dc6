import { t } from "trace";

class A {
  a = 1;
}

class B {
  b = 2;
}

const circle = () => ({ kind: "circle" as const, r: 1 });
const square = () => ({ kind: "square" as const, s: 2 });

async function text(): Promise<void> {
  const v = true ? 1 : "one";
  t(typeof v === "string" ? v.length : v.toFixed(1));
}

async function shape(): Promise<void> {
  const s = (true as boolean) ? circle() : square();
  if (s.kind === "circle") t(s.r);
  else t(s.s);
}

async function list(): Promise<void> {
  const list = true ? [1] : ["a"];
  for (const a of list) t(typeof a === "number" ? a + 1 : a.length);
}

async function object(): Promise<void> {
  const e = (true as boolean) ? new A() : new B();
  if (e instanceof A) t(e.a);
  else t(e.b);
}

async function plain(): Promise<void> {
  const label = "new";
  const items = ["a"].concat("b");
  t(label.length);
  t(items.length === 2 ? items : label);
}

export async function main(): Promise<void> {
  await text();
  await shape();
  await list();
  await object();
  await plain();
}
