import { t } from "trace";

type Style = { bold?: boolean };

export async function main(): Promise<void> {
  const style = (): Style => ({});
  const sizes = [1, 2].map((size): object => ({ size }));
  t(JSON.stringify([style(), sizes]));
}
