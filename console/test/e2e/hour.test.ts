/** An hour of live updates of a rollout, shortened: the page shows the last one, and its memory stays as it was. */
import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectQuiet, launch, open, signIn } from "./browser";
import type { Hoist } from "./server";
import type { Source } from "./source";
import { startWatching } from "./traffic";
import { startCareful } from "./world";

/** Updates of an hour at one a second. */
const UPDATES = 3_600;
/** Updates after which the memory is looked at: before the first, everything that is made once has been made. */
const LOOKS = [1_200, 2_000, 2_800, 3_500];
/** What the heap may grow by from the first look to the last, in bytes. */
const GROWTH_MAX = 2 * 1024 * 1024;
/** Updates from one decision to the next. */
const DECISION_EVERY = 60;
/** Updates come some at a time, and the next ones before the answers about them: as when much happens at once. */
const TOGETHER = 10;
const PACE_MS = 5;
const ANSWER_MS = 12;

/** What the page under test has in its window. */
type Hour = { told: number; run: (rollout: string, updates: number, pace: number) => Promise<void> };

let browser: Browser;
let hoist: Hoist;
let source: Source;
let going: string;

beforeAll(async () => {
  ({ hoist, source } = await startWatching());
  going = await startCareful(hoist);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hoist?.stop();
  await source?.stop();
});

test("an hour of updates leaves the memory as it was, and the last one is shown", async () => {
  const watched = await open(browser, hoist.url);
  const { page } = watched;
  await signIn(page, hoist);
  await page.addInitScript(beTheServer, { every: DECISION_EVERY, together: TOGETHER, answerMs: ANSWER_MS });
  await page.goto(`${hoist.url}/projects/default/rollouts/${going}?env=production`);
  await page.getByRole("img", { name: /^errors: \d+ readings/ }).waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.enable");
  const ended = page.evaluate(
    ([id, updates, pace]) => (window as unknown as { hour: Hour }).hour.run(id, updates, pace),
    [going, UPDATES, PACE_MS] as const,
  );
  const heap: number[] = [];
  for (const look of LOOKS) {
    await page.waitForFunction((told) => (window as unknown as { hour: Hour }).hour.told >= told, look, {
      timeout: 120_000,
    });
    heap.push(await heapOf(devtools));
  }
  await ended;
  // What the last update brought is on the page.
  await page.getByText(`${(100_000 + UPDATES).toLocaleString("en-GB")} of`).waitFor();
  const mib = heap.map((bytes) => (bytes / 1024 / 1024).toFixed(1));
  console.log(`heap after ${LOOKS.join(", ")} updates: ${mib.join(", ")} MiB`);
  expect((heap.at(-1) ?? Number.POSITIVE_INFINITY) - (heap[0] ?? 0)).toBeLessThan(GROWTH_MAX);
  expectQuiet(watched);
  await watched.close();
});

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  return (await devtools.send("Runtime.getHeapUsage")).usedSize;
}

/**
 * Runs in the page: the stream, and the answers to whatever is asked again. Answers of the server itself would be kept by the
 * debugger until the page is left, and it is the debugger's memory that would grow.
 */
function beTheServer({ every, together, answerMs }: { every: number; together: number; answerMs: number }) {
  const streams: { onopen?: () => void; onmessage?: (event: { data: string }) => void }[] = [];
  class Told {
    onopen?: () => void;
    onmessage?: (event: { data: string }) => void;
    constructor() {
      streams.push(this);
      setTimeout(() => this.onopen?.());
    }
    close() {
      streams.splice(streams.indexOf(this), 1);
    }
  }
  const hour = {
    told: 0,
    async run(id: string, updates: number, pace: number) {
      while (hour.told < updates) {
        const update = ++hour.told;
        const data = JSON.stringify({ generation: update, audit: update, rollouts: [{ id, version: update }] });
        for (const stream of streams) stream.onmessage?.({ data });
        if (update % together === 0) await new Promise((done) => setTimeout(done, pace));
      }
    },
  };
  const first = new Map<string, string>();
  const reallyFetch = window.fetch.bind(window);
  const answer = async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    const kept = first.get(pathname);
    if (kept === undefined || hour.told === 0) {
      const response = await reallyFetch(request);
      first.set(pathname, await response.clone().text());
      return response;
    }
    await new Promise((done) => setTimeout(done, answerMs));
    const body = JSON.parse(kept);
    if (pathname.endsWith("/looks")) moveOn(body.items);
    if (pathname.endsWith("/decisions"))
      body.items = newer(body.items, Number(new URLSearchParams(search).get("cursor")));
    if (body.stage) body.stage.treated = 100_000 + hour.told;
    return new Response(JSON.stringify(body), {
      headers: { "content-type": "application/json", etag: `"${hour.told}"` },
    });
  };
  /** The curves move: as many points, each later and a little higher. */
  const moveOn = (looks: { at: string; guards: { treatment?: number }[] }[]) => {
    for (const look of looks) {
      look.at = new Date(Date.parse(look.at) + hour.told * 1_000).toISOString();
      for (const guard of look.guards) if (guard.treatment) guard.treatment *= 1 + hour.told / 10_000;
    }
  };
  /** From time to time there is one decision more. */
  const newer = (decisions: { seq: number; at: string }[], after: number) => {
    const last = decisions[decisions.length - 1];
    const count = decisions.length + Math.floor(hour.told / every);
    if (!last || after >= count) return [];
    const at = new Date(Date.parse(last.at) + hour.told * 1_000).toISOString();
    return Array.from({ length: count - after }, (_, index) => ({ ...last, at, seq: after + 1 + index }));
  };
  Object.assign(window, { EventSource: Told, hour, fetch: (request: Request) => answer(new Request(request)) });
}
