// @vitest-environment jsdom
/** The decisions of a rollout: which are read, and how many are held. */
import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test } from "vitest";
import type { Schemas } from "~/api/client";
import { before, decisions, HELD } from "~/api/decisions";
import { type Mock, mockApi } from "../mock/api";

const SHOP = "shop";
const PART = 200;

let mock: Mock;
/** How many decisions the server has stored, and the requests for them. */
let stored: number;
let asked: string[];

function decision(seq: number): Schemas["Decision"] {
  const at = new Date(seq * 1_000).toISOString();
  return {
    seq,
    at,
    rule: "wait",
    summary: `${seq}`,
    actor: "",
    actor_kind: "controller",
    phase: "progressing",
    rationale: {},
    input: {},
  };
}

function serve(count: number): QueryClient {
  stored = count;
  asked = [];
  mock = mockApi({
    "GET /api/v1/projects/{project}/rollouts/{rollout}/decisions": ({ query }) => {
      const [after, limit] = [Number(query.get("cursor")), Number(query.get("limit"))];
      asked.push(`${after}+${limit}`);
      const last = Math.min(after + limit, stored);
      const items = Array.from({ length: Math.max(0, last - after) }, (_, index) => decision(after + 1 + index));
      return { items, next: last < stored ? `${last}` : undefined };
    },
  });
  return new QueryClient({ defaultOptions: { queries: { retry: false } } });
}

afterEach(() => mock.restore());

const numbers = (found: Schemas["Decision"][]) => [found.length, found[0]?.seq, found.at(-1)?.seq];

test.each([0, 1, 199, 200, 201, 999, 1_000, 1_001, 4_000, 86_400])(
  "of %i decisions the last ones are held",
  async (count) => {
    const found = await serve(count).fetchQuery(decisions(SHOP, "r1"));
    expect(found.map((each) => each.seq)).toEqual(found.map((_, index) => count - found.length + 1 + index));
    expect(found.length).toBeGreaterThanOrEqual(Math.min(count, HELD - PART));
    expect(found.length).toBeLessThanOrEqual(HELD);
    expect(asked.length).toBeLessThan(25);
  },
);

test("what is held is not read again, and does not grow", async () => {
  const client = serve(950);
  await client.fetchQuery(decisions(SHOP, "r1"));
  asked = [];
  stored = 1_030;
  const found = await client.fetchQuery({ ...decisions(SHOP, "r1"), staleTime: 0 });
  expect(asked).toEqual(["950+200"]);
  expect(numbers(found)).toEqual([HELD, 31, 1_030]);
});

test("those before come in parts, to the first one", async () => {
  serve(1_030);
  expect(numbers(await before(SHOP, "r1", 31))).toEqual([30, 1, 30]);
  expect(numbers(await before(SHOP, "r1", 831))).toEqual([200, 631, 830]);
});
