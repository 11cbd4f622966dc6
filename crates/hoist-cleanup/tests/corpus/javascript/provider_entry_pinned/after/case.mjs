import { t } from "trace";

class InMemoryProvider {
  constructor(flags) {
    this.other = flags.other.defaultVariant;
  }
}

const provider = new InMemoryProvider({
  // The new navigation.
  "new-nav": { disabled: false, variants: { on: true, off: false }, defaultVariant: "off" },
  other: { disabled: false, variants: { on: true }, defaultVariant: "on" },
});

export async function main() {
  t(provider.other);
  t("new");
}
