import { t } from "trace";

class InMemoryProvider {
  other: string;

  constructor(flags: Record<string, { defaultVariant: string }>) {
    this.other = flags.other.defaultVariant;
  }
}

const provider = new InMemoryProvider({
  other: { disabled: false, variants: { on: true }, defaultVariant: "on" },
});

export async function main(): Promise<void> {
  t(provider.other);
  t("new");
}
