import { t } from "trace";

export async function main() {
  const on = true;
  t(eval('on ? "on" : "off"'));
  if (on) t("new");
}
