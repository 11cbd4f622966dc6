import { t } from "trace";

function useBooleanFlagValue(key, fallback) {
  return key.length === 7 ? globalThis.frozen : fallback;
}

class Nav {
  #on;

  constructor() {
    this.#on = useBooleanFlagValue("new-nav", false);
  }

  show() {
    t(this.#on ? "on" : "off");
  }

  static is(other) {
    return #on in other;
  }
}

export async function main() {
  new Nav().show();
  t(Nav.is({}) ? "nav" : "other");
}
