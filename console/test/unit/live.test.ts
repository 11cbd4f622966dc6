/** The event stream of a page: who holds a connection, and when one is asked for again. */
import type { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow } from "~/api/live";

class Stream {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 0;
  onopen?: () => void;
  onerror?: () => void;
  onmessage?: (event: { data: string }) => void;
  constructor(readonly path: string) {
    Stream.all.push(this);
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
  tell(generation: number) {
    this.onmessage?.({ data: JSON.stringify({ generation, audit: 1, rollouts: [] }) });
  }
}

class Page extends EventTarget {
  hidden = false;
  turn(hidden: boolean) {
    this.hidden = hidden;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

let page: Page;
let asked: unknown[];
let said: string[];
let stop: () => void;
const open = () => Stream.all.filter((stream) => stream.readyState !== Stream.CLOSED);

beforeEach(() => {
  vi.useFakeTimers();
  page = new Page();
  Stream.all = [];
  asked = [];
  said = [];
  vi.stubGlobal("document", page);
  vi.stubGlobal("EventSource", Stream);
  const client = { invalidateQueries: async ({ queryKey }: { queryKey: unknown }) => asked.push(queryKey) };
  stop = follow(client as unknown as QueryClient, "shop", "production", (state) => said.push(state));
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a page that nobody sees holds no connection, and asks for everything when it is seen again", () => {
  Stream.all[0]?.tell(1);
  page.turn(true);
  expect(open()).toEqual([]);
  page.turn(false);
  expect(open().map((stream) => stream.path)).toEqual([Stream.all[0]?.path]);
  expect(asked).toEqual([]);
  open()[0]?.tell(1);
  expect(asked).toEqual([["project", "shop"]]);
  expect(said).toEqual(["live", "opening", "live"]);
});

test("a stream that was refused is asked for again after a pause, and one that broke off by the browser", () => {
  const [first] = Stream.all;
  first?.onerror?.();
  vi.advanceTimersByTime(60_000);
  expect(Stream.all).toHaveLength(1);
  first?.close();
  first?.onerror?.();
  expect(said.at(-1)).toBe("lost");
  expect(Stream.all).toHaveLength(1);
  vi.advanceTimersByTime(60_000);
  expect(Stream.all).toHaveLength(2);
  Stream.all[1]?.tell(3);
  expect([said.at(-1), asked]).toEqual(["live", [["project", "shop"]]]);
});

test("whoever leaves the page, or looks away from it, waits for nothing", () => {
  const [first] = Stream.all;
  first?.close();
  first?.onerror?.();
  page.turn(true);
  vi.advanceTimersByTime(60_000);
  expect(Stream.all).toHaveLength(1);
  page.turn(false);
  expect(open()).toHaveLength(1);
  stop();
  page.turn(true);
  page.turn(false);
  expect(open()).toEqual([]);
});
