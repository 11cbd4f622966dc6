import { h, t } from "trace";

function page(extra: { size: number }) {
  return <p {...extra} />;
}

export async function main(): Promise<void> {
  t({ a: 1, c: 3 });
  t({
    a: 1,
  });
  t({});
  const body: { a: number; e?: number } = { a: 1 };
  t(body.e ?? "none");
  const plain = { a: 1 };
  t(plain.a);
  t(<p id="x" />);
  t(page({ size: 2 }));
}
