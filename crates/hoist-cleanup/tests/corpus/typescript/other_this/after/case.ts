import { t } from "trace";

class Nav {
  private on = true;

  make() {
    return {
      on: "made",
      text() {
        return this.on;
      },
    };
  }

  shows(): boolean {
    return this.on;
  }
}

export async function main(): Promise<void> {
  t(new Nav().make().text());
  t(new Nav().shows() ? "new" : "off");
}
