import { expect, test } from "vitest";
import { staleKeys } from "~/api/live";
import { type GuardFacts, verdictWords } from "~/components/facts";
import { readValue, writeValue } from "~/components/operators";
import { conditionText } from "~/components/sentence";
import { limitOf, relax } from "~/forms/GuardFields";
import { safeBack } from "~/pages/session/back";
import { changesOf, type Json, merge } from "~/util/changes";
import { measure, percent } from "~/util/number";
import { parseSpan, span } from "~/util/time";

test.each([
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["250ms", 250],
  ["", undefined],
  ["soon", undefined],
  ["5", undefined],
])("a span is read: %s", (text, ms) => expect(parseSpan(text)).toBe(ms));

test.each([
  [
    "control",
    1.1,
    { control: { margin: 1.05, noninferiority: 1.5 } },
    { control: { margin: 1.1, noninferiority: 1.5 } },
  ],
  ["control", undefined, { control: { margin: 1.05, noninferiority: 1.5 } }, { control: { noninferiority: 1.5 } }],
  ["control", undefined, { above: 0.02 }, { control: {} }],
  ["above", 0.03, { above: 0.02 }, { above: 0.03 }],
  ["below", undefined, { control: { margin: 1.05 } }, { below: 0 }],
])("a limit is edited: %s %s", (side, value, was, is) => expect(limitOf(side, value, was as never)).toEqual(is));

test.each([
  [{ control: { margin: 1.1 } }, 1.5, { control: { margin: 1.1, relaxed: 1.5 } }],
  [{ control: { margin: 1.1, relaxed: 1.5 } }, undefined, { control: { margin: 1.1 } }],
])("a relaxed limit is edited: %j %s", (was, relaxed, is) => expect(relax(was as never, relaxed)).toEqual(is));

test.each([
  [
    { log_safe: 2.9, relaxed: { limit: 4, end: 3.5 } },
    "by its relaxed limit alone (the 95 % sequence ends at 3.5, enough is 4)",
  ],
  [{ log_safe: 3.1, relaxed: { limit: 4, end: 3.5 } }, "is shown not to be much worse"],
  [{ log_safe: 2.9 }, "is shown not to be much worse"],
])("a pass says by what: %j", (compared, words) => {
  const facts = { verdict: "pass", compared: { ...compared, log_safe_needed: 3 } } as unknown as GuardFacts;
  expect(verdictWords(facts)).toContain(words);
});

test.each([
  [250, "250 ms"],
  [2_500, "2.5 s"],
  [61_000, "1 min 1 s"],
  [5_400_000, "1 h 30 min"],
  [90_000_000, "1 d 1 h"],
])("a span is written: %s", (ms, text) => expect(span(ms)).toBe(text));

test.each([
  [0.0312, "ratio", "3.12 %"],
  [0.21, "s", "0.21 s"],
  [null, "s", "–"],
])("a measure is written: %s %s", (value, unit, text) => expect(measure(value, unit)).toBe(text));

test("a percentage keeps three decimals and no zeros", () => {
  expect([percent(5), percent(0.125), percent(33.3335)]).toEqual(["5 %", "0.125 %", "33.334 %"]);
});

test.each(["true", "12", "1.5", '"12"', "plain", "a b"])("a value survives writing and reading: %s", (text) => {
  const value = readValue(text, "any");
  expect(readValue(writeValue(value, "any"), "any")).toEqual(value);
});

test("a condition is a sentence", () => {
  const tests = [
    { operator: "equals", attribute: "plan", values: ["pro"] },
    {
      any: [
        { operator: "is_true", attribute: "beta" },
        { operator: "in_segment", values: ["staff"], negate: true },
      ],
    },
  ];
  expect(conditionText({ all: tests } as never)).toBe('plan is "pro" and (beta is true or not in segment "staff")');
});

test.each([
  ["/audit?actor=ada", "/audit?actor=ada"],
  ["//example.org", "/"],
  ["/\\example.org", "/"],
  ["https://example.org", "/"],
  [undefined, "/"],
])("the way back stays here: %s", (back, path) => expect(safeBack(back)).toBe(path));

test("edits of two people are merged, and only what both changed is a conflict", () => {
  const base: Json = {
    on: true,
    rules: [
      { id: "a", serve: "x" },
      { id: "b", serve: "y" },
    ],
    title: "t",
  };
  const mine: Json = {
    on: true,
    rules: [
      { id: "a", serve: "z" },
      { id: "b", serve: "y" },
    ],
    title: "mine",
  };
  const theirs: Json = {
    on: false,
    rules: [
      { id: "a", serve: "x" },
      { id: "b", serve: "y" },
      { id: "c", serve: "w" },
    ],
    title: "theirs",
  };
  const { merged, conflicts } = merge(base, mine, theirs);
  expect(merged).toEqual({
    on: false,
    rules: [
      { id: "a", serve: "z" },
      { id: "b", serve: "y" },
      { id: "c", serve: "w" },
    ],
    title: "theirs",
  });
  expect(conflicts.map((each) => each.mine.path)).toEqual([["title"]]);
});

test("a new order of rules is one change", () => {
  const rules = [{ id: "a" }, { id: "b" }];
  expect(changesOf({ rules }, { rules: [...rules].reverse() })).toHaveLength(1);
});

test("an event names what to ask for again, and nothing else", () => {
  const was = { generation: 4, audit: 9, rollouts: [{ id: "r1", version: 3 }] };
  const keys = (is: typeof was) => staleKeys("p", was, is).map((key) => key.slice(2).join(" "));
  expect(staleKeys("p", undefined, was)).toEqual([]);
  expect(keys(was)).toEqual([]);
  expect(keys({ ...was, rollouts: [{ id: "r1", version: 4 }] })).toEqual([
    "rollout r1",
    "decisions r1",
    "looks r1",
    "rollouts",
  ]);
  expect(keys({ ...was, rollouts: [] })).toContain("rollout r1");
  expect(keys({ ...was, generation: 5 })).toEqual(["overview", "flag"]);
});
