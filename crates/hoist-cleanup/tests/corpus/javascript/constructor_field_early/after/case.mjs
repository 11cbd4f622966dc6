import { t } from "trace";

class Nav {
  #on;
  
  constructor() {
    this.show();
    this.#on = true;
  }

  show() {
    t(this.#on ? "on" : "not yet");
  }
}

export async function main() {
  new Nav().show();
}
