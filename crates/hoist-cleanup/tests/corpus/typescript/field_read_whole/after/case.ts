import { t } from "trace";

class Nav {
  private on: boolean;

  constructor() {
    this.on = true;
  }

  text(): string {
    return this.on ? JSON.stringify(this) : "off";
  }
}

export async function main(): Promise<void> {
  t(new Nav().text());
}
