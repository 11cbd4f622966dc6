import { t } from "trace";

const useBooleanFlagValue = (key: string, fallback: boolean): boolean =>
  key.length === 7 ? (globalThis as any).frozen : fallback;

class Nav {
  private on: boolean;

  constructor() {
    this.on = useBooleanFlagValue("new-nav", false);
  }

  show(): void {
    const { on: other } = this;
    t(this.on && other ? "on" : "off");
  }
}

export async function main(): Promise<void> {
  new Nav().show();
}
