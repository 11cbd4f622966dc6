// @vitest-environment jsdom
/** Earlier decisions of a rollout that goes on: what was brought stays, while the last ones move. */
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Schemas } from "~/api/client";
import { DecisionList, joined } from "~/components/DecisionList";
import { theme } from "~/ui/theme";
import { type Mock, mockApi } from "../mock/api";
import { renderConsole } from "../mock/render";
import { world } from "../mock/world";

const WAIT = { timeout: 10_000 };
const AT = "2026-11-21T22:00:00.000000Z";
const HELD = 1_000;
const PART = 200;

let api: Mock | undefined;

afterEach(() => {
  cleanup();
  api?.restore();
  api = undefined;
});

function decision(seq: number): Schemas["Decision"] {
  return {
    seq,
    at: AT,
    rule: "wait",
    summary: `${seq}`,
    actor: "",
    actor_kind: "controller",
    phase: "progressing",
    rationale: { action: "hold" } as never,
    input: {},
  };
}

const run = (first: number, last: number) =>
  Array.from({ length: Math.max(0, last + 1 - first) }, (_, index) => decision(first + index));

const ends = (list: Schemas["Decision"][]) => [list.length, list[0]?.seq, list.at(-1)?.seq];

test.each([
  [run(1, 5), run(3, 7), [7, 1, 7]],
  [run(1, 2), run(3, 7), [7, 1, 7]],
  [run(1, 9), run(3, 9), [9, 1, 9]],
  [run(1, 1), run(3, 7), [5, 3, 7]],
  [[], run(3, 7), [5, 3, 7]],
  [run(1, 5), [], [0, undefined, undefined]],
])("row %#: the last ones stand behind what is known, and not behind a gap", (known, last, whole) => {
  expect(ends(joined(known, last))).toEqual(whole);
});

/** Shows the last ones that are held, and lets them move on; a part comes when it is let through. */
function shown() {
  const client = new QueryClient();
  const parts: (() => void)[] = [];
  const earlier = (seq: number) =>
    new Promise<Schemas["Decision"][]>((resolve) => parts.push(() => resolve(run(Math.max(1, seq - PART), seq - 1))));
  const page = (last: number) => (
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <DecisionList decisions={run(last - HELD + 1, last)} earlier={earlier} />
      </QueryClientProvider>
    </MantineProvider>
  );
  const { rerender } = render(page(1_430));
  return { parts, moveTo: (last: number) => rerender(page(last)) };
}

const more = () => fireEvent.click(screen.getByRole("button", { name: "Show earlier ones" }));

/** Waits for a part to be asked for, and lets it through. */
async function letThrough(parts: (() => void)[]) {
  await expect.poll(() => parts.length).toBe(1);
  parts.shift()?.();
}

test("what was brought stays when the rollout goes on", async () => {
  const { parts, moveTo } = shown();
  moveTo(1_431);
  screen.getByText("The last 1,000 of 1,431 decisions");
  more();
  await letThrough(parts);
  await screen.findByText("The last 1,200 of 1,431 decisions", {}, WAIT);
  moveTo(1_432);
  await screen.findByText("The last 1,201 of 1,432 decisions", {}, WAIT);
  moveTo(1_500);
  await screen.findByText("The last 1,269 of 1,500 decisions", {}, WAIT);
  more();
  await letThrough(parts);
  await screen.findByText("The last 1,469 of 1,500 decisions", {}, WAIT);
});

test("a part that is on its way is shown although the rollout goes on meanwhile", async () => {
  const { parts, moveTo } = shown();
  more();
  await expect.poll(() => parts.length).toBe(1);
  moveTo(1_431);
  await letThrough(parts);
  await screen.findByText("The last 1,201 of 1,431 decisions", {}, WAIT);
});

test("what was brought of one rollout is not shown of the next", async () => {
  const stored = 1_430;
  api = mockApi(world());
  api.use({
    "GET /api/v1/projects/{project}/rollouts/{rollout}": ({ params }) => ({
      id: params.rollout ?? "",
      project: "default",
      environment: "staging",
      flag: `flag-${params.rollout}`,
      plan: { key: "careful", treatment: "on", stages: [] },
      control: "off",
      phase: "progressing",
      started_by: "Ada",
      started_at: AT,
      changed_at: AT,
      version: 1,
    }),
    "GET /api/v1/projects/{project}/rollouts/{rollout}/looks": () => ({ items: [] }),
    "GET /api/v1/projects/{project}/rollouts/{rollout}/decisions": ({ query }) => {
      const after = Number(query.get("cursor"));
      const last = Math.min(stored, after + Number(query.get("limit")));
      return { items: run(after + 1, last), next: last < stored ? `${last}` : undefined };
    },
  });
  const { router } = renderConsole("/projects/default/rollouts/r2?env=staging");
  const go = (rollout: string) =>
    router.navigate({ to: "/projects/$project/rollouts/$rollout", params: { project: "default", rollout } });
  const counted = /^The last [\d,]+ of 1,430 decisions$/;
  const before = (await screen.findByText(counted, {}, WAIT)).textContent;
  await go("r1");
  await screen.findByRole("heading", { name: "flag-r1", level: 1 }, WAIT);
  await screen.findByText(before ?? "", {}, WAIT);
  more();
  await expect.poll(() => screen.getByText(counted).textContent, WAIT).not.toBe(before);
  // The next one's are known already, so that nothing is empty in between.
  await go("r2");
  await screen.findByRole("heading", { name: "flag-r2", level: 1 }, WAIT);
  await expect.poll(() => screen.getByText(counted).textContent, WAIT).toBe(before);
});
