import { t } from "trace";

async function isNewNav(x) {
  return true;
}

export async function main() {
  const all = await Promise.all([1, 2].map(isNewNav));
  t(all.join());
}
