import { t } from "trace";

export async function main() {
  t(String(true));
  t([1, 2].filter(() => true).join());
}
