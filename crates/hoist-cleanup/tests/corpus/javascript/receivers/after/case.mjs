import { t } from "trace";

const box = { name: "box", tell() { return this?.name; } };
const plain = () => "plain";

export async function main() {
  t(String((true ? box.tell : plain)()));
  t(String((true && box["tell"])()));
  t(String((true ? box.tell : plain)`x`));
  t(String((plain)()));
  delete (true ? box.name : 1);
  t(box.name);
  const none = undefined;
  try {
    t((none?.tell()).name);
  } catch (error) {
    t(error.name);
  }
}
