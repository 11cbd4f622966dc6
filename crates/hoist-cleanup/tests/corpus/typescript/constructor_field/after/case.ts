import { t } from "trace";

class Nav {
  #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  show(): void {
    t(`new ${this.#size}`);
    t(this.#size > 1 ? "big" : "small");
  }
}

export async function main(): Promise<void> {
  new Nav(2).show();
}
