import { t } from "trace";

class Nav {
  private readonly on: boolean;
  
  constructor() {
    this.show();
    this.on = true;
  }

  show(): void {
    t(this.on ? "new" : "not yet");
  }
}

export async function main(): Promise<void> {
  new Nav().show();
}
