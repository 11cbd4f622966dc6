import { t } from "trace";

export async function main() {
  const [on, name] = [true, "name"];
  if (on) t(name);
}
