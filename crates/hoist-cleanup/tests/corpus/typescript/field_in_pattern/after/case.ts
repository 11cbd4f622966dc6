import { t } from "trace";

class Nav {
  private on: boolean;

  constructor() {
    this.on = true;
  }

  show(): void {
    const { on: other } = this;
    t(this.on && other ? "on" : "off");
  }
}

export async function main(): Promise<void> {
  new Nav().show();
}
