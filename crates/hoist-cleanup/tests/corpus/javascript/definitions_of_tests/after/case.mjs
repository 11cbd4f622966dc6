import { readFileSync } from "node:fs";
import { t } from "trace";

const { flags } = JSON.parse(readFileSync(new URL("./flags.test.json", import.meta.url), "utf8"));

export async function main() {
  const provider = flags;
  t(provider.other.defaultVariant);
  t("new");
}
