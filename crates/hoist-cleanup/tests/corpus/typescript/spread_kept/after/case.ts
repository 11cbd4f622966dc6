import { t } from "trace";

export async function main(): Promise<void> {
  const on = false as boolean;
  const body = { a: 1, ...(on && { b: 2 }) };
  t(body.b ?? "none");
  const other = { a: 1, ...((false as boolean) && { b: 2 }) };
  t(other.b ?? "none");
}
