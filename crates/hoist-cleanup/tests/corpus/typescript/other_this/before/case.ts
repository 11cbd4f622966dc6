import { t } from "trace";

function useBooleanFlagValue(key: string, fallback: boolean): boolean {
  return key.length === 7 ? (globalThis as any).frozen : fallback;
}

class Nav {
  private on = useBooleanFlagValue("new-nav", false);

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
