import { h, t } from "trace";

async function Panel() {
  return <section />;
}

async function find(list: string[]) {
  return list[0];
}

async function name() {
  return "new";
}

export async function main(): Promise<void> {
  t(await Panel());
  const found = await find(["a"]);
  t(found?.length);
  t(`${await name()} ${(await name()).length}`);
  [1].forEach((one) => {
    t(one);
  });
}
