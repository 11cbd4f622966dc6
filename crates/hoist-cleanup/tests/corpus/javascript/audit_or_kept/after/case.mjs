import { t } from "trace";

function audit() {
  t("audit");
  return false;
}

export async function main() {
  const on = audit() || true;
  if (on) {
    t("new");
  }
}
