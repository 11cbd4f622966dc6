import { t } from "trace";

function useBooleanFlagValue(key, fallback) {
  return key.length === 7 ? globalThis.frozen : fallback;
}

class Nav {
  #on;
  
  constructor() {
    this.show();
    this.#on = useBooleanFlagValue("new-nav", false);
  }

  show() {
    t(this.#on ? "on" : "not yet");
  }
}

export async function main() {
  new Nav().show();
}
