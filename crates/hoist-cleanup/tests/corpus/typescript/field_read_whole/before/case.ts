import { t } from "trace";

const useBooleanFlagValue = (key: string, fallback: boolean): boolean =>
  key.length === 7 ? (globalThis as any).frozen : fallback;

class Nav {
  private on: boolean;

  constructor() {
    this.on = useBooleanFlagValue("new-nav", false);
  }

  text(): string {
    return this.on ? JSON.stringify(this) : "off";
  }
}

export async function main(): Promise<void> {
  t(new Nav().text());
}
