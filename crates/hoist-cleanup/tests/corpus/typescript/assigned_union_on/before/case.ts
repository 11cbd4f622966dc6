import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

type State = { kind: "idle" } | { kind: "busy"; count: number };

interface Page {
  title: string;
}

async function mode(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  let mode: "light" | "dark" = "light";
  if (on) {
    mode = "dark";
  }
  t(mode === "dark" ? 1 : 2);
}

async function user(): Promise<void> {
  let user: { name: string } | null = null;
  if (await client.getBooleanValue("new-nav", false)) user = { name: "u" };
  if (user) t(user.name);
}

async function seen(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  let seen = true;
  if (!on) seen = false;
  t(seen === true ? "seen" : "not seen");
}

async function state(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  let state: State = { kind: "idle" };
  if (on) state = { kind: "busy", count: 1 };
  switch (state.kind) {
    case "idle":
      t("idle");
      break;
    case "busy":
      t(state.count);
      break;
  }
}

async function plain(): Promise<void> {
  const on = await client.getBooleanValue("new-nav", false);
  let text = "a";
  let size: number;
  let url;
  let page: Page = { title: "old" };
  let given: string | undefined;
  if (on) {
    text = "b";
    size = 1;
    url = "/v2";
    page = { title: "new" };
    given = "x";
  } else {
    size = 2;
    url = "/v1";
  }
  t(text === "b" ? size : url.length);
  t(page.title);
  t(given);
}

export async function main(): Promise<void> {
  await mode();
  await user();
  await seen();
  await state();
  await plain();
}
