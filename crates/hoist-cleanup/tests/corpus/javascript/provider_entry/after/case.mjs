import { t } from "trace";

class InMemoryProvider {
  constructor(flags) {
    this.other = flags.other.defaultVariant;
  }
}

const provider = new InMemoryProvider({
  other: { disabled: false, variants: { on: true }, defaultVariant: "on" },
});

export async function main() {
  t(provider.other);
  t("new");
}
