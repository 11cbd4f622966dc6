import { OpenFeature } from "@openfeature/server-sdk";
import { h, t } from "trace";

const client = OpenFeature.getClient();

function page(extra: { size: number }) {
  return <p {...extra} />;
}

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  t({ a: 1, ...(on && { b: 2 }), c: 3 });
  t({
    a: 1,
    ...(on && page({ size: 1 }) && { b: 2 }),
  });
  t({ ...((await client.getBooleanValue("new-nav", false)) && { d: 4 }) });
  const body: { a: number; e?: number } = { a: 1, ...(on && { e: 2 }) };
  t(body.e ?? "none");
  const plain = { a: 1, ...(on && { f: 2 }) };
  t(plain.a);
  t(<p id="x" {...(on && { title: "y" })} />);
  t(page({ size: 2 }));
}
