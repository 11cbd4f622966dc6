import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const on = await client.getBooleanValue("new-nav", false);
  const style = () => on ? { bold: true } : {};
  const more = () => on && { size: 2 };
  const size = () => on ? { size: 3 }.size || 1 : 0;
  on && function () { t("run"); }();
  t(JSON.stringify([style(), more(), size()]));
}
