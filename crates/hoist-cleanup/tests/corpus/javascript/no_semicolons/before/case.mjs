import { OpenFeature } from "@openfeature/server-sdk"
import { t } from "trace"

const client = OpenFeature.getClient()
const go = () => t("go")
const old = () => t("old")

async function blocks() {
  const on = await client.getBooleanValue("new-nav", false)
  go()
  if (on) {
    [1, 2].forEach(go)
  }
  go()
  if (!on) {
    old()
  }
  (() => t("called"))()
  if (on) {
    go()
  }
  `${go()}`.trim()
  let count = 1
  if (on) {
    ++count
  } else {
    old()
  }
  +go()
  if (!on) {
    old()
  }
  /go/.test("go") && t("pattern")
  on && [3].forEach(go)
  const all = on ? { count } : {}
  ;[all].forEach((one) => t(one.count))
  if (!on) old()
  ;[4].forEach(go)
}

async function kept(x) {
  const on = await client.getBooleanValue("new-nav", false)
  if (x) {
    go()
  }
  if (!on) {
    old()
  }
  [5].forEach(go)
  const f = () => {
    go()
  }
  if (on) {
    (f)()
  }
}

export async function main() {
  await blocks()
  await kept(true)
}
