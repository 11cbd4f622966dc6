import { t } from "trace"

const go = () => t("go")

async function blocks() {
  go()
  ;[1, 2].forEach(go)
  go()
  ;(() => t("called"))()
  go()
  ;`${go()}`.trim()
  let count = 1
  ;++count
  ;+go()
  ;/go/.test("go") && t("pattern")
  ;[3].forEach(go)
  const all = { count }
  ;[all].forEach((one) => t(one.count))
  ;[4].forEach(go)
}

async function kept(x) {
  if (x) {
    go()
  }
  [5].forEach(go)
  const f = () => {
    go()
  }
  ;(f)()
}

export async function main() {
  await blocks()
  await kept(true)
}
