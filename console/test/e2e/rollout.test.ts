/** A rollout from its start to a breach that takes it back, watched without reloading. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectQuiet, launch, open, picture, signIn, type Watched } from "./browser";
import { type Hoist, startHoist } from "./server";
import { type Source, startSource } from "./source";
import { makeWorld, P } from "./world";

let browser: Browser;
let hoist: Hoist;
let source: Source;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  source = await startSource({ 'failures{variant="new"': 0.011, 'seconds{variant="new"': 0.21 });
  hoist = await startHoist({
    args: ["--prometheus-url", source.url, "--metric-range", "127.0.0.0/8", "--tick-floor", "250ms"],
  });
  await makeWorld(hoist);
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
  await picture(page, "start-rollout");
  await page.getByRole("button", { name: "Review and start" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByRole("button", { name: "Start" }).isDisabled()).toBe(true);
  await dialog.getByLabel("Reason").fill("release 42");
  await dialog.getByLabel("Type the name of the environment").fill("production");
  await dialog.getByRole("button", { name: "Start" }).click();
  await page.getByText("progressing").first().waitFor();
  expectQuiet(watched);
});

test("it climbs, and a breach rolls it back on the open page", async () => {
  await page.locator("[aria-current=step]", { hasText: "25 %" }).waitFor({ timeout: 120_000 });
  await page.getByRole("img", { name: /^failures: \d+ readings/ }).waitFor();
  await page.getByText("readings").first().isVisible();
  await picture(page, "rollout");
  source.set('failures{variant="new"', 0.2);
  await page.getByText("rolled back", { exact: true }).first().waitFor({ timeout: 120_000 });
  await page.getByText("Reading to rollback").waitFor();
  await picture(page, "rollout-rolled-back");
  const flag = await hoist.call<{ allocation?: unknown }>("GET", `${P}/flags/new-checkout/environments/production`);
  expect(flag.allocation ?? null).toBeNull();
  expectQuiet(watched);
});
