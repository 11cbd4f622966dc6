import { t } from "trace";

class Nav {
  #on;

  constructor() {
    this.first = this.text;
    this.#on = true;
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
