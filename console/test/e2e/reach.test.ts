/** A rollout by keys alone, and on a phone: started, paused, taken back, and its flag switched off. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectQuiet, launch, open, signIn } from "./browser";
import { type Hoist, startHoist } from "./server";
import { makeWorld, P, plan, putTargeting } from "./world";

const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };
/** Most presses of Tab to anything on a page. */
const TABS_MAX = 40;
/** The least that a finger hits, in pixels either way. */
const TARGET_MIN = 24;

let browser: Browser;
let hoist: Hoist;

beforeAll(async () => {
  hoist = await startHoist({ args: ["--tick-floor", "250ms"] });
  await makeWorld(hoist);
  await hoist.call("POST", `${P}/plans`, { ...plan("slow", "1h"), title: "Slow", treatment: "on", guards: [] });
  const served = { enabled: true, default: { variant: "off" } };
  await putTargeting(hoist, "search-ranker", "staging", served);
  await putTargeting(hoist, "image-webp", "production", served);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hoist?.stop();
});

/** Presses Tab until something has the focus, and asserts that the focus can be seen at every stop. */
async function tabTo(page: Page, target: Locator) {
  for (let pressed = 0; pressed < TABS_MAX; pressed++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
    expect(await focusIsSeen(page)).toBe(true);
  }
  throw new Error(`not reached by ${TABS_MAX} presses of Tab: ${target}`);
}

/** Whether what has the focus shows it: by an outline or a shadow; fields have a caret, and the colour of their border. */
function focusIsSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const look = getComputedStyle(element);
    return look.outlineStyle !== "none" || element.matches("input, textarea") || look.boxShadow !== "none";
  });
}

test("Enter on a link of a table goes on in the page behind it", async () => {
  const watched = await open(browser, hoist.url);
  const { page } = watched;
  await signIn(page, hoist, "/projects/default/flags?env=staging");
  const main = page.getByRole("main");
  for (const flag of ["search-ranker", "image-webp"]) {
    const link = page.getByRole("table", { name: "Flags" }).getByRole("link", { name: flag, exact: true });
    await link.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: flag, level: 1 }).waitFor();
    await expect.poll(() => main.evaluate((element) => element === document.activeElement)).toBe(true);
    // What comes first in the page is one press away.
    await page.keyboard.press("Tab");
    const back = main.getByRole("link", { name: "Flags", exact: true });
    expect(await back.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Flags", level: 1 }).waitFor();
    await expect.poll(() => main.evaluate((element) => element === document.activeElement)).toBe(true);
  }
  expectQuiet(watched);
  await watched.close();
});

test("a rollout is started, paused and taken back by keys alone", async () => {
  const watched = await open(browser, hoist.url);
  const { page } = watched;
  await signIn(page, hoist, "/projects/default/flags?env=staging");
  await page.getByRole("table", { name: "Flags" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.getByRole("heading", { name: "Rollouts", level: 1 }).waitFor();
  await page.keyboard.press("c");
  await page.getByRole("heading", { name: "Start a rollout" }).waitFor();
  await choose(page, "Flag", "search-ranker");
  await choose(page, "Plan or template", "Slow");
  const start = page.getByRole("button", { name: "Review and start" });
  await page.getByRole("table", { name: "What each stage would be" }).waitFor();
  await tabTo(page, start);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Start search-ranker in staging" });
  await dialog.waitFor();
  // The dialog keeps the focus, and gives it back.
  for (let pressed = 0; pressed < 6; pressed++) {
    await page.keyboard.press("Tab");
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => start.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Reason").waitFor();
  await expect
    .poll(() => dialog.getByLabel("Reason").evaluate((element) => element === document.activeElement))
    .toBe(true);
  await page.keyboard.type("by keys");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "search-ranker", level: 1 }).waitFor();
  // Tab goes on in the page that was gone to, and not at the top of the window.
  const pause = page.getByRole("button", { name: "Pause" });
  await page.locator("[aria-current=step]").waitFor();
  await tabTo(page, page.getByRole("main").getByRole("link", { name: "Rollouts" }));
  await tabTo(page, pause);
  expect(await pause.getAttribute("aria-keyshortcuts")).toBe("p");
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keyboard" });
  for (const label of ["Pause", "Promote", "Roll back", "Switch search-ranker off"])
    await keys.getByText(label, { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await keys.waitFor({ state: "detached" });
  for (const [key, title, tells] of [
    ["p", /^Pause:/, "paused"],
    ["b", /^Roll back:/, "rolled back"],
  ] as const) {
    await page.keyboard.press(key);
    const asked = page.getByRole("dialog", { name: title });
    await expect
      .poll(() => asked.getByLabel("Reason").evaluate((element) => element === document.activeElement))
      .toBe(true);
    await page.keyboard.press("Enter");
    await asked.waitFor({ state: "detached" });
    await page.getByText(tells, { exact: true }).first().waitFor();
  }
  expectQuiet(watched);
  await watched.close();
});

/** Chooses from a list by typing a part of what is wanted. */
async function choose(page: Page, label: string, what: string) {
  const field = page.getByRole("combobox", { name: label, exact: true });
  await tabTo(page, field);
  await page.keyboard.type(what);
  await page.getByRole("option", { name: what }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => field.inputValue()).toBe(what);
}

test("on a phone a rollout is started, paused and taken back, and nothing is cut", async () => {
  const watched = await open(browser, hoist.url, PHONE);
  const { page } = watched;
  await signIn(page, hoist);
  await page.goto(`${hoist.url}/projects/default/rollouts/new?env=production&flag=image-webp&plan=slow`);
  await page
    .getByRole("table", { name: "What each stage would be" })
    .or(page.getByText("Takes at least").first())
    .first()
    .waitFor();
  await expectWhole(page);
  await page.getByRole("button", { name: "Review and start" }).tap();
  const dialog = page.getByRole("dialog", { name: "Start image-webp in production" });
  await dialog.getByLabel("Type the name of the environment").fill("production");
  await expectWhole(page);
  await dialog.getByRole("button", { name: "Start", exact: true }).tap();
  await page.locator("[aria-current=step]").waitFor();
  await expectWhole(page);
  for (const [verb, tells] of [
    ["Pause", "paused"],
    ["Roll back", "rolled back"],
  ] as const) {
    const button = page.getByRole("main").getByRole("button", { name: verb, exact: true });
    const { width = 0, height = 0 } = (await button.boundingBox()) ?? {};
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(TARGET_MIN);
    await button.tap();
    const asked = page.getByRole("dialog", { name: new RegExp(`^${verb}:`) });
    await asked.getByRole("button", { name: verb, exact: true }).tap();
    await asked.waitFor({ state: "detached" });
    await page.getByText(tells, { exact: true }).first().waitFor();
  }
  await page.getByRole("main").getByRole("button", { name: "Switch off" }).tap();
  const kill = page.getByRole("dialog", { name: "Switch image-webp off in production" });
  await kill.getByRole("button", { name: "Switch off" }).tap();
  await page.getByText("image-webp is off in production").waitFor();
  await expectWhole(page);
  for (const path of ["/tokens", "/audit", "/projects/default/services", "/projects/default/rollouts?over=true"]) {
    await page.goto(hoist.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle").catch(() => undefined);
    await expectWhole(page);
  }
  expectQuiet(watched);
  await watched.close();
});

/** Asserts that nothing of the page, or of a dialog on it, is beyond the right edge of the window. */
async function expectWhole(page: Page) {
  const wider = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll("main, [role=dialog]")]
      .filter((element) => element.scrollWidth > Math.min(element.clientWidth, window.innerWidth))
      .map((element) => `${element.tagName} ${element.scrollWidth} in ${element.clientWidth}`),
  );
  expect(wider).toEqual([]);
}
