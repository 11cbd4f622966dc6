import { t } from "trace"

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
    this.mode = false ? "b" : "a"
    if (this.mode === "b") t("b")
    this.shown = false ? { name: "n" } : undefined
    if (this.shown) t(this.shown.name)
  }
}

export async function main(): Promise<void> {
  const asked: Shape = (false as boolean) ? round() : square()
  if (asked.kind === "round") t(asked.radius)
  else t(asked.side)
  const sent: Shape = square()
  t(sent)
  const made: Fresh | Old = (false as boolean) ? new Fresh() : new Old()
  t(made instanceof Old ? made.old : made.fresh)
  const user: { name: string } | undefined = false ? { name: "n" } : undefined
  t(user?.name)
  const word: string = "y"
  t(word === "x")
  const fetcher = false ? () => ({ total: 2 }) : () => ({ next: "x" })
  const result = fetcher()
  t("total" in result ? result.total : result.next)
  const show = () => t("old")
  show()
  await new Page().open()
}
