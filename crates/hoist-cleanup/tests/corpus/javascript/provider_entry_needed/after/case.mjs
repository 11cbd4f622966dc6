import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

class InMemoryProvider {
  constructor(flags) {
    this.other = flags.other.defaultVariant;
  }
}

const provider = new InMemoryProvider({
  // The new navigation.
  "new-nav": { disabled: false, variants: { on: true, off: false }, defaultVariant: "on" },
  other: { disabled: false, variants: { on: true }, defaultVariant: "on" },
});

export async function main() {
  const details = await client.getBooleanDetails("new-nav", false);
  t(JSON.stringify(details));
  t(provider.other);
  t("new");
}
