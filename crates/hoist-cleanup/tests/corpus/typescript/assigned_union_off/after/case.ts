import { t } from "trace";

type State = { kind: "idle" } | { kind: "busy"; count: number };

interface Page {
  title: string;
}

async function mode(): Promise<void> {
  const on = false;
  let mode: "light" | "dark" = "light";
  if (on) {
    mode = "dark";
  }
  t(mode === "dark" ? 1 : 2);
}

async function user(): Promise<void> {
  let user: { name: string } | null = null;
  if (false as boolean) user = { name: "u" };
  if (user) t(user.name);
}

async function seen(): Promise<void> {
  const on = false;
  let seen = true;
  if (!on) seen = false;
  t(seen === true ? "seen" : "not seen");
}

async function state(): Promise<void> {
  const on = false;
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
  let text = "a";
  let size: number;
  let url;
  let page: Page = { title: "old" };
  let given: string | undefined;
  size = 2;
  url = "/v1";
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
