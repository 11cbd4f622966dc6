// @vitest-environment jsdom
/** Long lists: the page says that there is more than it shows, and brings it. */
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Schemas } from "~/api/client";
import { ApiFailure } from "~/api/errors";
import { type Handlers, type Mock, mockApi, Refusal } from "../mock/api";
import { renderConsole } from "../mock/render";
import { STALENESS, world } from "../mock/world";

const WAIT = { timeout: 10_000 };
const AT = "2026-11-21T22:00:00.000000Z";

let api: Mock;

afterEach(() => {
  cleanup();
  api.restore();
});

/** Answers with a part of a list of `count` things, whose cursor is how many came before. */
function listed<T>(count: number, make: (index: number) => T) {
  return ({ query }: { query: URLSearchParams }) => {
    const after = Number(query.get("cursor") ?? 0);
    const last = Math.min(count, after + Number(query.get("limit")));
    const items = Array.from({ length: last - after }, (_, index) => make(after + index));
    return { items, next: last < count ? `${last}` : undefined };
  };
}

const record = (index: number): Schemas["AuditEntry"] => ({
  seq: 1_000 - index,
  at: AT,
  action: "flag.on",
  actor: "Ada",
  actor_kind: "person",
  subject: `flag-${index}`,
  subject_kind: "flag",
  reason: "",
  hash: "0".repeat(64),
  previous: "0".repeat(64),
});

const rollout = (index: number): Schemas["Rollout"] => ({
  id: `r${index}`,
  project: "default",
  environment: "staging",
  flag: `flag-${index}`,
  plan: { key: "careful", treatment: "on", stages: [] },
  control: "off",
  phase: "completed",
  started_by: "Ada",
  started_at: AT,
  changed_at: AT,
  version: 1,
});

const judged = (index: number): Schemas["Staleness"] => ({ ...STALENESS, flag: `flag-${index}` });

const HISTORY = { "GET /api/v1/audit": listed(230, record) };
const ROLLOUTS = { "GET /api/v1/projects/{project}/rollouts": listed(450, rollout) };
const STALE = { "GET /api/v1/projects/{project}/staleness": listed(4_500, judged) };
const ROWS: [string, Handlers, RegExp[]][] = [
  ["/audit", HISTORY, [/newest 200; there are more/]],
  ["/projects/default/flags/new-checkout?tab=history", HISTORY, [/newest 200; there are more/]],
  ["/projects/default/rollouts?over=true", ROLLOUTS, [/newest 200, .+; there are more/, /newest 400, /]],
  ["/projects/default/flags", STALE, [/first 2,000 by key; there are more/, /first 4,000 by key/]],
];

test.each(ROWS)("a list does not end in silence: %s", async (path, handlers, words) => {
  api = mockApi(world());
  api.use(handlers);
  renderConsole(path);
  for (const each of words) {
    await screen.findByText(each, {}, WAIT);
    fireEvent.click(screen.getByText("Show more"));
  }
  await waitFor(() => expect(screen.queryByText(/there are more/)).toBeNull(), WAIT);
});

test("more is brought also while what is here is being asked for again", async () => {
  api = mockApi(world());
  const answer = listed(230, record);
  let isHeld = false;
  let release: (() => void) | undefined;
  api.use({
    "GET /api/v1/audit": async (asked) => {
      if (isHeld && release === undefined) await new Promise<void>((resolve) => (release = resolve));
      return answer(asked);
    },
  });
  const { client } = renderConsole("/audit");
  const more = await screen.findByText("Show more", {}, WAIT);
  isHeld = true;
  void client.invalidateQueries({ queryKey: ["audit"] });
  await waitFor(() => expect(release).toBeDefined(), WAIT);
  fireEvent.click(more);
  release?.();
  await waitFor(() => expect(screen.queryByText(/there are more/)).toBeNull(), WAIT);
});

test("a list that is whole says nothing about more", async () => {
  api = mockApi(world());
  api.use({ "GET /api/v1/audit": listed(20, record) });
  renderConsole("/audit");
  await screen.findByText("flag-19", {}, WAIT);
  expect(screen.queryByText(/there are more/)).toBeNull();
});

test("a list that cannot be read says why, and not that it is empty", async () => {
  api = mockApi(world());
  api.use({ "GET /api/v1/audit": () => new Refusal(403, "forbidden", "Only auditors read this") });
  renderConsole("/audit");
  await screen.findByText(/could not be read: Only auditors read this/, {}, WAIT);
  expect(screen.queryByText(/No record is like that/)).toBeNull();
});

test.each([
  [0, true],
  [429, true],
  [503, true],
  [403, false],
  [500, false],
])("what may pass is asked again: status %i", (status, mayPass) => {
  expect(new ApiFailure({ status, code: "x", title: "x" }).mayPass).toBe(mayPass);
});
