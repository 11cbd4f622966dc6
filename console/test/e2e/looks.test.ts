/** Every page: no violation that axe finds, in light and dark; pictures; a phone; hostile text; and the budgets. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe, expectQuiet, launch, open, picture, signIn } from "./browser";
import { OTHER_PICTURES, PAGES } from "./pages";
import type { Hoist } from "./server";
import type { Source } from "./source";
import { startWatching } from "./traffic";
import { FLAG, P, startCareful } from "./world";

/** First-load script, compressed, in bytes. */
const SCRIPT_MAX = 250 * 1024;
/** All pictures of the documentation, in bytes. */
const PICTURES_MAX = 3 * 1024 * 1024;
const INTERACTION_MS = 100;
const MANY = 10_000;

let browser: Browser;
let hoist: Hoist;

let source: Source;
/** The address of a rollout that is going, with its guards read. */
let going: string;

beforeAll(async () => {
  ({ hoist, source } = await startWatching());
  going = `/projects/default/rollouts/${await startCareful(hoist)}?env=production`;
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hoist?.stop();
  await source?.stop();
});

test("axe finds nothing on any page, in light and in dark", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    // What is dark differs by its colours alone.
    const rules = colorScheme === "dark" ? ["color-contrast"] : undefined;
    const watched = await open(browser, hoist.url, { colorScheme });
    await signIn(watched.page, hoist);
    const found: string[] = [];
    const pages: typeof PAGES = [...PAGES, ["rollout", going, FLAG.key]];
    for (const [name, path, heading] of pages) {
      await watched.page.goto(hoist.url + path);
      await watched.page.getByRole("heading", { name: heading, level: 1 }).waitFor();
      await watched.page.waitForLoadState("networkidle").catch(() => undefined);
      found.push(...(await axe(watched.page, rules)).map((each) => `${name}: ${each}`));
      // The pictures of rollouts are those of their story.
      if (name !== "rollout" && colorScheme === "light") await picture(watched.page, name);
      if (name === "flags" && colorScheme === "dark") await picture(watched.page, "flags-dark");
    }
    found.push(...(await palette(watched.page)));
    expect(found).toEqual([]);
    expectQuiet(watched);
    await watched.close();
    const gate = await open(browser, hoist.url, { colorScheme });
    await gate.page.goto(hoist.url);
    await gate.page.getByRole("heading", { name: "Sign in" }).waitFor();
    if (colorScheme === "light") await picture(gate.page, "sign-in");
    expect(await axe(gate.page)).toEqual([]);
    await gate.close();
  }
});

/** Opens what opens on every page by keys, and returns what axe finds wrong with it. */
async function palette(page: Page): Promise<string[]> {
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("textbox").waitFor();
  const found = await axe(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  found.push(...(await axe(page)));
  await page.keyboard.press("Escape");
  return found;
}

test("every page has a picture, and the documentation shows it", () => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const pages = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  const texts = ["README.md", ...pages.map((name) => join("docs", name))].map((name) =>
    readFileSync(join(root, name), "utf8"),
  );
  const pictures = readdirSync(join(root, "docs/images")).filter((name) => name.endsWith(".png"));
  const wanted = [...PAGES.map(([name]) => name), ...OTHER_PICTURES].map((name) => `${name}.png`);
  expect(pictures.sort()).toEqual(wanted.sort());
  expect(wanted.filter((name) => !texts.some((text) => text.includes(`images/${name}`)))).toEqual([]);
  const bytes = pictures.reduce((sum, name) => sum + statSync(join(root, "docs/images", name)).size, 0);
  expect(bytes).toBeLessThan(PICTURES_MAX);
});

test("on a phone a flag is found and switched off", async () => {
  const watched = await open(browser, hoist.url, {
    viewport: { width: 390, height: 780 },
    hasTouch: true,
    isMobile: true,
  });
  const { page } = watched;
  await signIn(page, hoist, "/projects/default/flags?env=staging");
  await page.getByLabel("Search the flags").fill("image");
  await page.getByRole("link", { name: "image-webp" }).click();
  await page.getByRole("button", { name: "Switch off" }).click();
  await picture(page, "phone");
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await page.getByText("image-webp is off in staging").waitFor();
  const wider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(wider).toBe(false);
  expectQuiet(watched);
  await watched.close();
});

test("a stale flag leads to the command that takes it out of the code", async () => {
  const watched = await open(browser, hoist.url);
  await signIn(watched.page, hoist, "/projects/default/stale");
  await watched.page.getByRole("link", { name: "new-nav" }).waitFor();
  await watched.page.getByText(/hoist cleanup new-nav/).waitFor();
  expectQuiet(watched);
  await watched.close();
});

test("the first page loads little script", async () => {
  const watched = await open(browser, hoist.url);
  const { page } = watched;
  await signIn(page, hoist, "/projects/default/flags");
  const loaded = new Set<string>();
  page.on(
    "request",
    (request) => request.url().endsWith(".js") && loaded.add(new URL(request.url()).pathname.replace("/assets/", "")),
  );
  await page.reload();
  await page.getByRole("heading", { name: "Flags" }).waitFor();
  await page.waitForLoadState("networkidle").catch(() => undefined);
  const folder = fileURLToPath(new URL("../../dist/assets", import.meta.url));
  const files = new Set(readdirSync(folder));
  const bytes = [...loaded].map((name) => statSync(join(folder, files.has(`${name}.br`) ? `${name}.br` : name)).size);
  const sum = bytes.reduce((total, each) => total + each, 0);
  console.log(`first-load script: ${(sum / 1024).toFixed(1)} KiB compressed in ${loaded.size} files`);
  expect(loaded.size).toBeGreaterThan(1);
  expect(sum).toBeLessThan(SCRIPT_MAX);
  await watched.close();
});

test("10,000 flags scroll and filter within 100 ms of script", async () => {
  const watched = await open(browser, hoist.url);
  const { page } = watched;
  // The list is what is measured, so the flags come from the test and not from ten thousand requests.
  const overview = await hoist.call<{ environments: string[]; flags: Record<string, unknown>[] }>(
    "GET",
    `${P}/overview`,
  );
  const [like] = overview.flags;
  const flags = Array.from({ length: MANY }, (_, index) => ({
    ...like,
    key: `flag-${String(index).padStart(5, "0")}`,
    title: `Number ${index}`,
  }));
  await page.route("**/overview", (route) => route.fulfill({ json: { ...overview, flags } }));
  await signIn(page, hoist, "/projects/default/flags");
  await page.getByText("10,000 of 10,000").waitFor();
  const work = await clockOf(page);
  const scroll: number[] = [];
  for (let turn = 0; turn < 6; turn++) {
    scroll.push(
      await work(() => page.evaluate(() => document.querySelector('[aria-label="Flags, rows"]')?.scrollBy(0, 40_000))),
    );
  }
  await page.getByLabel("Search the flags").focus();
  const filter: number[] = [];
  for (const key of "flag-0999") filter.push(await work(() => page.keyboard.press(key)));
  await page.getByText("10 of 10,000").waitFor();
  const [slowScroll, slowFilter] = [Math.max(...scroll), Math.max(...filter)];
  console.log(`10,000 flags: a scroll costs ${slowScroll.toFixed(0)} ms at most, a letter ${slowFilter.toFixed(0)} ms`);
  expect(await page.getByRole("row").count()).toBeLessThan(100);
  expect(slowScroll).toBeLessThan(INTERACTION_MS);
  expect(slowFilter).toBeLessThan(INTERACTION_MS);
  await watched.close();
});

/** Returns what measures the main thread's own work for an interaction, in milliseconds: not the time that others take. */
async function clockOf(page: Page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return (metrics.find((metric) => metric.name === "TaskDuration")?.value ?? 0) * 1_000;
  };
  return async (act: () => Promise<unknown>) => {
    const before = await worked();
    await act();
    // Until the frame that shows it is drawn.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    return (await worked()) - before;
  };
}
