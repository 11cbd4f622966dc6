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
    this.mode = true ? "b" : "a"
    if (this.mode === "b") t("b")
    this.shown = true ? { name: "n" } : undefined
    if (this.shown) t(this.shown.name)
  }
}

export async function main(): Promise<void> {
  const asked: Shape = (true as boolean) ? round() : square()
  if (asked.kind === "round") t(asked.radius)
  else t(asked.side)
  const sent: Shape = round()
  t(sent)
  const made: Fresh | Old = (true as boolean) ? new Fresh() : new Old()
  t(made instanceof Old ? made.old : made.fresh)
  const user: { name: string } | undefined = true ? { name: "n" } : undefined
  t(user?.name)
  const word: string = "x"
  t(word === "x")
  const fetcher = true ? () => ({ total: 2 }) : () => ({ next: "x" })
  const result = fetcher()
  t("total" in result ? result.total : result.next)
  const show = () => t("new")
  show()
  await new Page().open()
}
