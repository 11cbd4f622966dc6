import { t } from "trace";

export async function main() {
  const label = "new";
  t(label);
  t(String(1 + 2));
}
