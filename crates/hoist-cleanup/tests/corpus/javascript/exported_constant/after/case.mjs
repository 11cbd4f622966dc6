import { t } from "trace";

export const enabled = true;

export async function main() {
  if (enabled) t("new");
}
