import { t } from "trace"

const box = { name: "box", tell(): string { return this?.name ?? "nobody" } }

export async function main(): Promise<void> {
  t(((true as boolean) ? box.tell : () => "plain")!())
  t(String(((true as boolean) ? (box.tell as () => string) : null)()))
  ;(box.tell)()
}
