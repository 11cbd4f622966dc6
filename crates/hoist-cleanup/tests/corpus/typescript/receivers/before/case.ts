import { OpenFeature } from "@openfeature/server-sdk"
import { t } from "trace"

const client = OpenFeature.getClient()
const box = { name: "box", tell(): string { return this?.name ?? "nobody" } }

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false)
  t((on ? box.tell : () => "plain")!())
  t(String((on ? (box.tell as () => string) : null)()))
  if (on) {
    (box.tell)()
  }
}
