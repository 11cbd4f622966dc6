import { t } from "trace";

function useBooleanFlagValue(key, fallback) {
  return key.length === 7 ? globalThis.frozen : fallback;
}

class Nav {
  #on;
  #size;

  constructor(size) {
    this.#size = size;
    this.#on = useBooleanFlagValue("new-nav", false);
  }

  show() {
    if (this.#on) t(`new ${this.#size}`);
    else t("old");
    t(this.#on && this.#size > 1 ? "big" : "small");
  }
}

export async function main() {
  new Nav(2).show();
}
