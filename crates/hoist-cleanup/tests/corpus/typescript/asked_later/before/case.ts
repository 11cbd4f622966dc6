import { OpenFeature } from "@openfeature/server-sdk"
import { t } from "trace"

const client = OpenFeature.getClient()

type Round = { kind: "round"; radius: number }
type Square = { kind: "square"; side: number }
type Shape = Round | Square

const round = (): Round => ({ kind: "round", radius: 1 })
const square = (): Square => ({ kind: "square", side: 2 })

class Fresh {
  fresh = 1
}

class Old {
  old = 2
}

class Page {
  private mode: "a" | "b" = "a"
  private shown?: { name: string }

  async open(): Promise<void> {
    const on = await client.getBooleanValue("new-nav", false)
    this.mode = on ? "b" : "a"
    if (this.mode === "b") t("b")
    this.shown = on ? { name: "n" } : undefined
    if (this.shown) t(this.shown.name)
  }
}

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false)
  const asked: Shape = on ? round() : square()
  if (asked.kind === "round") t(asked.radius)
  else t(asked.side)
  const sent: Shape = on ? round() : square()
  t(sent)
  const made: Fresh | Old = on ? new Fresh() : new Old()
  t(made instanceof Old ? made.old : made.fresh)
  const user: { name: string } | undefined = on ? { name: "n" } : undefined
  t(user?.name)
  const word: string = on ? "x" : "y"
  t(word === "x")
  const fetcher = on ? () => ({ total: 2 }) : () => ({ next: "x" })
  const result = fetcher()
  t("total" in result ? result.total : result.next)
  const show = on ? () => t("new") : () => t("old")
  show()
  await new Page().open()
}
