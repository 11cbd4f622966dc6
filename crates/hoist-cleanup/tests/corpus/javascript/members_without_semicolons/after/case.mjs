import { t } from "trace"

class Nav {
  static
  #on = true
  show() {
    t(Nav.#on ? "new" : "old")
  }
  size = 1
  ;in = 3
  wide() {
    t("wide")
  }
}

export async function main() {
  const nav = new Nav()
  nav.show()
  nav.wide()
  t(typeof nav.show + nav.size + nav.in)
}
