import { OpenFeature } from "@openfeature/server-sdk";
import { h, t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  t(
    <main>
      {on && <nav />}
      <p />
    </main>,
  );
}
