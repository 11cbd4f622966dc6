import { t } from "trace";

const useBooleanFlagValue = (key: string, fallback: boolean): boolean =>
  key.length === 7 ? (globalThis as any).frozen : fallback;

class Nav {
  private on: boolean = useBooleanFlagValue("new-nav", false);

  show(): void {
    t(this.on ? "on" : "off");
  }
}

const read = (nav: Nav): boolean => nav["on"];

export async function main(): Promise<void> {
  const nav = new Nav();
  nav.show();
  t(read(nav) ? "on" : "off");
}
