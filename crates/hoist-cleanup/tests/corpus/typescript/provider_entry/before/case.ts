import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

class InMemoryProvider {
  other: string;

  constructor(flags: Record<string, { defaultVariant: string }>) {
    this.other = flags.other.defaultVariant;
  }
}

const provider = new InMemoryProvider({
  // The new navigation.
  "new-nav": { disabled: false, variants: { on: true, off: false }, defaultVariant: "on" },
  other: { disabled: false, variants: { on: true }, defaultVariant: "on" },
});

export async function main(): Promise<void> {
  t(provider.other);
  if (await client.getBooleanValue("new-nav", false)) t("new");
}
