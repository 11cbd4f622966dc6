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
  const v = false ? 1 : "one";
  t(typeof v === "string" ? v.length : v.toFixed(1));
}

async function shape(): Promise<void> {
  const s = (false as boolean) ? circle() : square();
  if (s.kind === "circle") t(s.r);
  else t(s.s);
}

async function list(): Promise<void> {
  const list = false ? [1] : ["a"];
  for (const a of list) t(typeof a === "number" ? a + 1 : a.length);
}

async function object(): Promise<void> {
  const e = (false as boolean) ? new A() : new B();
  if (e instanceof A) t(e.a);
  else t(e.b);
}

async function plain(): Promise<void> {
  const label = "old";
  const items = [1].map((x) => `${x}`);
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
