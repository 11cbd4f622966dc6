import { t } from "trace";

const useBooleanFlagValue = (key: string, fallback: boolean): boolean =>
  key.length === 7 ? (globalThis as any).frozen : fallback;

class Nav {
  private readonly on: boolean;
  #size: number;

  constructor(size: number) {
    this.#size = size;
    this.on = useBooleanFlagValue("new-nav", false);
  }

  show(): void {
    if (this.on) t(`new ${this.#size}`);
    else t("old");
    t(this.on && this.#size > 1 ? "big" : "small");
  }
}

export async function main(): Promise<void> {
  new Nav(2).show();
}
