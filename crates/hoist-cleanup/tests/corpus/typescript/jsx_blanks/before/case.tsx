import { OpenFeature } from "@openfeature/server-sdk";
import { h, t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  const name = "Ada";
  t(
    <main>
      Signed in as {on && <img />}
      <b>{name}</b>
      <b>Hello {on && "dear"}</b>
      <i>{name}</i>
      {on && <nav />} tail
      <p>
        one {on && <u />} two
        {on && <u />}
        three
      </p>
      {name} {on && <nav />}
      {on && <nav />}
      {on && <nav />} {on && <nav />}
    </main>,
  );
}
