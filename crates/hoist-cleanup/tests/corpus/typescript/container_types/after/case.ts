import { t } from "trace"

async function collected() {
  const items = []
  if (true as boolean) {
    items.push("new")
  }
  return items
}

async function* given() {
  if (true as boolean) {
    yield 1
  } else {
    yield "old"
  }
}

export async function main(): Promise<void> {
  const body = { url: "a", size: 1 }
  t(body.url, body.size)
  const list = [true ? 1 : "a"]
  list.push("z")
  t(list)
  const known = new Map([["k", true ? 1 : "none"]])
  known.set("z", "none")
  t(known.size)
  const state = { status: "idle", ...(true ? { status: "ok" } : {}) }
  t(state)
  const later = { ...({ status: "ok" }), name: "later" }
  t(later)
  const length = (p = true ? 1 : "x") => (typeof p === "string" ? p.length : p)
  t(length("abc"))
  t(await collected())
  for await (const value of given()) t(typeof value === "string" ? value.length : value.toFixed())
}
