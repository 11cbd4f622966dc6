import { t } from "trace";

export async function main(): Promise<void> {
  const label = "cold";
  t(label);
}
