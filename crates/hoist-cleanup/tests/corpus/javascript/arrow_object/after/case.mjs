import { t } from "trace";

export async function main() {
  const style = () => ({ bold: true });
  const more = () => ({ size: 2 });
  const size = () => ({ size: 3 }.size || 1);
  (function () { t("run"); }());
  t(JSON.stringify([style(), more(), size()]));
}
