import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main() {
  const on = await client.getBooleanValue("new-nav", false);
  const o = { on: 1, at: on };
  t(JSON.stringify(o));
  t(String(o.on));
  for (const on of ["a"]) t(on);
  try {
    throw new Error("x");
  } catch (on) {
    t(on.message);
  }
  [2].forEach((on) => t(String(on)));
  const f = function on() {
    return typeof on;
  };
  t(f());
}
