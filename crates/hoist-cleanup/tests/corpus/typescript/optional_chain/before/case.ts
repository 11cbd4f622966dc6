import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const maybe: typeof client | undefined = client;
  if ((await maybe?.getBooleanValue("new-nav", false)) ?? false) t("new");
}
