import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

interface OldOptions {
  label: string;
}

function old(options: OldOptions): void {
  t(options.label);
}

export async function main(): Promise<void> {
  if (await client.getBooleanValue("new-nav", false)) {
    t("new");
  } else {
    old({ label: "old" });
  }
}
