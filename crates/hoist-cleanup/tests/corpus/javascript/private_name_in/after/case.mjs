import { t } from "trace";

class Nav {
  #on;

  constructor() {
    this.#on = true;
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
