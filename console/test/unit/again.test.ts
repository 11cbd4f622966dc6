/** Asking again: one question at a time for each thing, and one more for whatever changed meanwhile. */
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { askAgain } from "~/api/again";

const KEY = ["project", "shop", "flag", "new-checkout"];

let client: QueryClient;
let asked: number;
let answers: ((value: number) => void)[];
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(async () => {
  vi.useFakeTimers();
  client = new QueryClient();
  asked = 0;
  answers = [];
  const queryFn = () => {
    asked += 1;
    return new Promise<number>((resolve) => answers.push(resolve));
  };
  new QueryObserver(client, { queryKey: KEY, queryFn }).subscribe(() => undefined);
  answers.shift()?.(0);
  await settle();
  asked = 0;
});

afterEach(() => {
  client.clear();
  vi.useRealTimers();
});

test("changes that come quicker than answers are asked for once more, and what is answered is shown", async () => {
  for (let change = 0; change < 100; change++) askAgain(client, ["project", "shop", "flag"]);
  expect(asked).toBe(1);
  answers.shift()?.(1);
  await settle();
  expect([asked, client.getQueryData(KEY)]).toEqual([2, 1]);
  answers.shift()?.(2);
  await settle();
  expect([asked, client.getQueryData(KEY)]).toEqual([2, 2]);
});

test("a question that nobody answers does not keep later news from the page", async () => {
  askAgain(client, ["project", "shop", "flag"]);
  askAgain(client, ["project", "shop", "flag"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(2);
  answers.pop()?.(7);
  await settle();
  expect(client.getQueryData(KEY)).toBe(7);
});

test("different things do not wait for each other", () => {
  askAgain(client, ["project", "shop", "plans"]);
  askAgain(client, KEY);
  expect(asked).toBe(1);
});
