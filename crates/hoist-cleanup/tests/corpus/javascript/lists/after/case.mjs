import { t } from "trace";

export async function main() {
  const list = [
    "first",
    "new",
    ...(["more", "still"]),
  ];
  t(list.join());
}
