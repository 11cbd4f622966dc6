import { OpenFeature } from "@openfeature/server-sdk";
import { h, t } from "trace";

const client = OpenFeature.getClient();

async function Panel() {
  const on = await client.getBooleanValue("new-nav", false);
  if (!on) return null;
  return <section />;
}

async function find(list: string[]) {
  if (!(await client.getBooleanValue("new-nav", false))) return undefined;
  return list[0];
}

async function name() {
  if (await client.getBooleanValue("new-nav", false)) return "new";
  return "old";
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
