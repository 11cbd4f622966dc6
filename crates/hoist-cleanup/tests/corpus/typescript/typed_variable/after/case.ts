import { t } from "trace";

export async function main(): Promise<void> {
  const label: string = "new";
  t(label);
}
