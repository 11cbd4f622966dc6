import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const on = true;
  t(eval('on ? "on" : "off"'));
  if (on) t("new");
}
