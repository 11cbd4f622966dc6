import { t } from "trace";

class Nav {
  #size;

  constructor(size) {
    this.#size = size;
  }

  show() {
    t(`new ${this.#size}`);
    t(this.#size > 1 ? "big" : "small");
  }
}

export async function main() {
  new Nav(2).show();
}
