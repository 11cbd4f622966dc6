import { t } from "trace";

function audit() {
  t("audit");
  return true;
}

export async function main() {
  if (audit() && (false as boolean)) {
    t("new");
  } else {
    t("old");
  }
}
