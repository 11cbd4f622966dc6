import { t } from "trace";

class Nav {
  private on: boolean = true;

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
