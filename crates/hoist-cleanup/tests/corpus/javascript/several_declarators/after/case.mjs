import { t } from "trace";

function other() {
  t("other");
  return 3;
}

export async function main() {
  const n = other();
  t(n);
}
