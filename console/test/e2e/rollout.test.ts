/** A rollout from its start to a breach that takes it back, watched without reloading. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectQuiet, launch, open, picture, signIn, type Watched } from "./browser";
import type { Hoist } from "./server";
import type { Source } from "./source";
import { breakCheckout, startWatching } from "./traffic";
import { P, plan, putTargeting } from "./world";

let browser: Browser;
let hoist: Hoist;
let source: Source;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  ({ hoist, source } = await startWatching());
  browser = await launch();
  watched = await open(browser, hoist.url);
  page = watched.page;
  await signIn(page, hoist);
});

afterAll(async () => {
  await browser?.close();
  await hoist?.stop();
  await source?.stop();
});

test("a rollout is started from a plan, after what it will mean was seen", async () => {
  await page.goto(`${hoist.url}/projects/default/rollouts/new?env=production&flag=new-checkout&plan=careful`);
  await page.getByText("checkout-failures above 0.03; checkout-seconds above 0.5").waitFor();
  const stages = page.getByRole("table", { name: "What each stage would be" });
  await stages.getByRole("row").nth(4).waitFor();
  expect(await stages.getByRole("row").count()).toBe(5);
  // What the queries answer about everyone is asked of the source itself.
  await page.getByText("checkout-failures: ").first().waitFor();
  await page.getByRole("list", { name: "Changes" }).getByText("segment internal").waitFor();
  await page.getByRole("button", { name: "Review and start" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByRole("button", { name: "Start" }).isDisabled()).toBe(true);
  await dialog.getByLabel("Reason").fill("release 42");
  await dialog.getByLabel("Type the name of the environment").fill("production");
  await dialog.getByRole("button", { name: "Start" }).click();
  await page.getByText("progressing").first().waitFor();
  expectQuiet(watched);
});

test("each guard has a curve of both arms with what is plausible, and says what it needs", async () => {
  await page.locator("[aria-current=step]", { hasText: "25 %" }).waitFor({ timeout: 120_000 });
  const curve = page.getByRole("img", { name: /^errors: \d+ readings/ });
  await curve.waitFor();
  await expect
    .poll(() => curve.getAttribute("aria-label"), { timeout: 30_000 })
    .toMatch(/control 1\.\d+ %, plausible [\d.]+ % to [\d.]+ %, limit 1\.\d+ %$/);
  const answer = await hoist.call<{ items: { guards: { guard: string; control?: number }[] }[] }>(
    "GET",
    `${P}/rollouts/${page.url().match(/rollouts\/([^?]+)/)?.[1]}/looks`,
  );
  expect(answer.items.length).toBeGreaterThan(3);
  await page
    .getByText(/^holding at stage 3 of 4/)
    .first()
    .waitFor();
  await page
    .getByText(/more of observed health/)
    .first()
    .waitFor();
  await page.getByText("Times the control").waitFor();
  await page
    .getByText(/Evidence of harm, all guards/)
    .first()
    .waitFor();
  await page.getByRole("img", { name: /^errors: (1[2-9]|[2-9]\d) readings/ }).waitFor({ timeout: 60_000 });
  // A picture shows the stage when it has begun to tell.
  if (process.env.HOIST_PICTURES)
    await page.getByRole("img", { name: /^errors: (3[5-9]|[4-9]\d) readings/ }).waitFor({ timeout: 60_000 });
  await picture(page, "rollout");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "rollout-dark");
  await page.emulateMedia({ colorScheme: "light" });
  expectQuiet(watched);
});

test("a breach rolls it back on the open page, and the page says when everybody has it back", async () => {
  breakCheckout(source);
  await page.getByText("rolled back", { exact: true }).first().waitFor({ timeout: 120_000 });
  await page.getByRole("heading", { name: /Has the rollback reached everybody/ }).waitFor();
  await page.getByText(/^Nobody gets new any more/).waitFor({ timeout: 90_000 });
  // The decision shows the numbers that it was made on.
  await page.getByRole("button", { name: "the numbers" }).first().click();
  const numbers = page.getByRole("row", { name: /errors breach/ });
  await numbers.waitFor();
  expect(await numbers.getByRole("cell").allTextContents()).toEqual([
    expect.stringContaining("breach"),
    expect.stringMatching(/%$/),
    expect.stringMatching(/^1\.\d+ %$/),
    expect.stringMatching(/% to [\d.]+ %$/),
    expect.stringMatching(/^1\.\d+ %$/),
  ]);
  await page.getByRole("button", { name: "hide the numbers" }).first().click();
  await picture(page, "rollout-rolled-back");
  const flag = await hoist.call<{ allocation?: unknown }>("GET", `${P}/flags/new-checkout/environments/production`);
  expect(flag.allocation ?? null).toBeNull();
  expectQuiet(watched);
});

test("what a cancelled rollout left is no obstacle, and an overlap is a question", async () => {
  const start = async (flag: string) => {
    await putTargeting(hoist, flag, "staging", { enabled: true, default: { variant: "off" } });
    const body = { flag, environment: "staging", plan: { ...plan("beside", "1h"), treatment: "on" } };
    const { rollout } = await hoist.call<{ rollout: { id: string } }>("POST", `${P}/rollouts`, body);
    const serves = () => hoist.call<{ allocation?: unknown }>("GET", `${P}/flags/${flag}/environments/staging`);
    await expect.poll(async () => (await serves()).allocation, { timeout: 60_000 }).toBeTruthy();
    return rollout.id;
  };
  const cancelled = await start("search-ranker");
  await hoist.call("POST", `${P}/rollouts/${cancelled}/cancel`, { reason: "another plan" });
  await start("image-webp");
  await page.goto(`${hoist.url}/projects/default/rollouts/new?env=staging&flag=search-ranker&plan=careful`);
  await page.getByRole("button", { name: "Review and start" }).click();
  const dialog = page.getByRole("dialog", { name: "Start search-ranker in staging" });
  await dialog.getByLabel("Reason").fill("both are small");
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await dialog
    .getByRole("alert")
    .getByText(/of image-webp is running/)
    .waitFor();
  await dialog.getByRole("combobox", { name: "What about the rollout that it overlaps with" }).click();
  await page.getByRole("option", { name: "Run both, for the reason given" }).click();
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText("progressing").first().waitFor();
  const running = await hoist.call<{ items: { flag: string; overlaps: { choice: unknown }[] }[] }>(
    "GET",
    `${P}/rollouts?flag=search-ranker&active=true`,
  );
  expect(running.items[0]?.overlaps[0]?.choice).toEqual({ kind: "accept", reason: "both are small" });
  expectQuiet(watched);
});
