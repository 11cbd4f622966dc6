import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();
const box = { name: "box", tell() { return this?.name; } };
const plain = () => "plain";

export async function main() {
  const on = await client.getBooleanValue("new-nav", false);
  t(String((on ? box.tell : plain)()));
  t(String((on && box["tell"])()));
  t(String((on ? box.tell : plain)`x`));
  t(String((on ? plain : box.tell)()));
  delete (on ? box.name : 1);
  t(box.name);
  const none = undefined;
  try {
    t((on ? none?.tell() : box).name);
  } catch (error) {
    t(error.name);
  }
}
