import { OpenFeature } from "@openfeature/server-sdk"
import { t } from "trace"

const client = OpenFeature.getClient()

async function collected() {
  const items = []
  if (await client.getBooleanValue("new-nav", false)) {
    items.push("new")
  }
  return items
}

async function* given() {
  if (await client.getBooleanValue("new-nav", false)) {
    yield 1
  } else {
    yield "old"
  }
}

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false)
  const body = { url: on ? "a" : "b", size: on ? 1 : "2" }
  t(body.url, body.size)
  const list = [on ? 1 : "a"]
  list.push("z")
  t(list)
  const known = new Map([["k", on ? 1 : "none"]])
  known.set("z", "none")
  t(known.size)
  const state = { status: "idle", ...(on ? { status: "ok" } : {}) }
  t(state)
  const later = { ...(on ? { status: "ok" } : {}), name: "later" }
  t(later)
  const length = (p = on ? 1 : "x") => (typeof p === "string" ? p.length : p)
  t(length("abc"))
  t(await collected())
  for await (const value of given()) t(typeof value === "string" ? value.length : value.toFixed())
}
