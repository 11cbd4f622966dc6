import { t } from "trace";

function useBooleanFlagValue(key, fallback) {
  return key.length === 7 ? globalThis.frozen : fallback;
}

class Nav {
  #on;

  constructor() {
    this.first = this.text;
    this.#on = useBooleanFlagValue("new-nav", false);
  }

  get text() {
    return this.#on ? "on" : "not yet";
  }
}

export async function main() {
  const nav = new Nav();
  t(nav.first);
  t(nav.text);
}
