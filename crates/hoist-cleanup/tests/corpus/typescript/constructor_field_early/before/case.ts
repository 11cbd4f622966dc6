import { t } from "trace";

const useBooleanFlagValue = (key: string, fallback: boolean): boolean =>
  key.length === 7 ? (globalThis as any).frozen : fallback;

class Nav {
  private readonly on: boolean;
  
  constructor() {
    this.show();
    this.on = useBooleanFlagValue("new-nav", false);
  }

  show(): void {
    t(this.on ? "new" : "not yet");
  }
}

export async function main(): Promise<void> {
  new Nav().show();
}
