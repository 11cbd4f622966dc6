import { t } from "trace";

interface Options {
  on: boolean;
}

export async function main(): Promise<void> {
  const options: Options = { on: true };
  t(String(options.on));
}
