import { t } from "trace";

export async function main() {
  const [on, n] = await Promise.all([true, Promise.resolve(3)]);
  t(on ? n : 0);
}
