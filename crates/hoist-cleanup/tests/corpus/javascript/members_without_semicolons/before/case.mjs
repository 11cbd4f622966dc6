import { t } from "trace"

function useBooleanFlagValue(key, fallback) {
  return key.length === 7 ? globalThis.frozen : fallback
}

class Nav {
  static
  #on = useBooleanFlagValue("new-nav", false)
  show() {
    t(Nav.#on ? "new" : "old")
  }
  size = 1
  #wide = useBooleanFlagValue("new-nav", false);
  in = 3
  wide() {
    t(this.#wide ? "wide" : "narrow")
  }
}

export async function main() {
  const nav = new Nav()
  nav.show()
  nav.wide()
  t(typeof nav.show + nav.size + nav.in)
}
