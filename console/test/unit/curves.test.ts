/** The curves of guards, and what is said beside them. */
import { expect, test } from "vitest";
import type { Schemas } from "~/api/client";
import { type GuardFacts, missing, verdictWords } from "~/components/facts";
import { marksOf, seriesOf, whyAlone, withGaps } from "~/components/series";

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 22, 0, second)).toISOString();
const SECONDS = Date.UTC(2026, 10, 21, 22) / 1_000;

const point = (more: Partial<Schemas["GuardPoint"]> = {}): Schemas["GuardPoint"] => ({
  guard: "errors",
  verdict: "collecting",
  treatment: 0.02,
  control: 0.01,
  upper: 0.04,
  limit: 0.0105,
  ...more,
});

const look = (second: number, stage: number, more = {}): Schemas["Look"] => ({
  at: at(second),
  stage,
  guards: [point(more)],
});

function decision(second: number, action: string, stage: string, points = [point()]): Schemas["Decision"] {
  const facts = { guard: "errors", unit: "ratio", limit: { control: {} } };
  const rationale = { action, stage: { name: stage, number: 1 }, guards: [facts] };
  return {
    seq: second,
    at: at(second),
    rule: "bake",
    summary: "",
    actor_kind: "controller",
    actor: "controller",
    points,
    rationale: rationale as never,
    input: {},
    phase: "progressing",
  };
}

test("looks and decisions are one curve, in order, with no moment twice", () => {
  const [series] = seriesOf([look(10, 0), look(30, 0)], [decision(20, "hold", "1 %"), decision(30, "hold", "1 %")]);
  expect(series?.points.map((each) => each.at - SECONDS)).toEqual([10, 20, 30]);
  expect(series).toMatchObject({ guard: "errors", unit: "ratio", side: "control" });
  expect(series?.points[0]).toMatchObject({ value: 0.02, control: 0.01, low: 0, high: 0.04, limit: 0.0105 });
});

test("no line goes from one stage to the next", () => {
  const [series] = seriesOf([look(10, 0), look(20, 1)], []);
  const points = withGaps(series?.points ?? []);
  expect(points.map((each) => each.value)).toEqual([0.02, null, 0.02]);
  expect(points[1]?.at).toBe(SECONDS + 15);
});

test("where nothing is known, nothing is drawn", () => {
  const nothing = { treatment: undefined, control: undefined, upper: undefined, limit: undefined };
  const [series] = seriesOf([look(10, 0, nothing)], []);
  expect(series?.points[0]).toMatchObject({ value: null, control: null, low: null, high: null, limit: null });
});

test.each([
  ["a fixed limit", false, { control: undefined }, /fixed limit/],
  ["a stage without a control", true, { control: undefined, verdict: "not_judged" as const }, /nobody is left/],
  ["nothing heard yet", true, { control: undefined }, /yet/],
  ["a control", true, {}, undefined],
  ["a control that was asked for although nothing is compared", false, {}, undefined],
])("a curve without a control says why: %s", (_, isCompared, seen, words) => {
  const [series] = seriesOf([look(0, 0, seen)], []);
  const said = whyAlone(series?.points ?? [], isCompared);
  if (words) expect(said).toMatch(words);
  else expect(said).toBeUndefined();
});

test("stages and the end are marked with their names", () => {
  const found = [decision(0, "start", "1 %"), decision(5, "hold", "1 %"), decision(9, "roll_back", "1 %")];
  expect(marksOf(found)).toEqual([
    { at: SECONDS, label: "1 %", kind: "stage" },
    { at: SECONDS + 9, label: "rolled back", kind: "decision" },
  ]);
});

const facts = (more: object): GuardFacts =>
  ({ guard: "errors", verdict: "collecting", summary: "", limit: {}, unit: "ratio", ...more }) as GuardFacts;

test.each([
  [{ compared: { needs: { treated: 1_873, time: "4m" } } }, "needs about 1,900 more treated, 4 min at today’s traffic"],
  [{ compared: { needs: { treated: 12, time: null } } }, "needs about 12 more treated"],
  [{ compared: { needs: null } }, "needs more data: nothing was counted that tells yet"],
  [{ verdict: "pass" }, "is within its limit"],
  [{ verdict: "breach", compared: {} }, "is worse than the control, beyond doubt"],
  [{ verdict: "no_data" }, "has no data"],
  [{ verdict: "no_data", because: "the source cannot be reached" }, "has no data: the source cannot be reached"],
])("a verdict is said in words: %j", (more, words) => expect(verdictWords(facts(more))).toBe(words));

test("what a stage waits for is said whole, and nothing else is", () => {
  const rollout = (more: object) =>
    ({
      plan: { stages: [{ gate: "approval" }] },
      stage: {
        index: 0,
        baked: "3m",
        bake: "10m",
        treated: 80,
        minimum_treated: 200,
        promoted: false,
        standing: { guards: [facts({ verdict: "no_data" }), facts({ guard: "slow", verdict: "pass" })] },
        ...more,
      },
    }) as unknown as Schemas["Rollout"];
  expect(missing(rollout({}))).toEqual([
    "errors has no data",
    "7 min more of observed health",
    "120 more treated units",
    "approval by a person",
  ]);
  const done = { baked: "10m", treated: 200, promoted: true, standing: { guards: [] } };
  expect(missing(rollout(done))).toEqual([]);
});
