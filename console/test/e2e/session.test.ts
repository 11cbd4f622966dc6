/** The first visit, signing in and out. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectQuiet, launch, open, signIn } from "./browser";
import { startHoist } from "./server";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("a fresh server is set up in the browser, and shows where flags will be", async () => {
  const hoist = await startHoist({ fresh: true });
  const watched = await open(browser, hoist.url);
  const { page } = watched;
  await page.goto(hoist.url);
  await page.getByRole("heading", { name: "Set this server up" }).waitFor();
  await page.getByLabel("Setup code").fill("0".repeat(32));
  await page.getByLabel("Your name").fill("Ada");
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByText("The setup code does not hold").waitFor();
  await page.getByLabel("Setup code").fill(hoist.setupCode);
  await page.getByRole("button", { name: "Set up" }).click();
  expect(await page.getByTestId("secret").textContent()).toMatch(/^hst_admin_/);
  await page.getByRole("button", { name: "Go to the flags" }).click();
  await page.getByRole("heading", { name: "No flags yet" }).waitFor();
  expectQuiet(watched);
  await watched.close();
  await hoist.stop();
});

test("signing in goes back to where one wanted to go, and signing out ends the session", async () => {
  const hoist = await startHoist();
  const watched = await open(browser, hoist.url);
  const { page } = watched;
  await page.goto(`${hoist.url}/audit`);
  await page.getByLabel("Admin token").fill("hst_admin_nonsense");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("A valid token is needed").waitFor();
  await page.getByLabel("Admin token").fill(hoist.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Audit log" }).waitFor();
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
  expect(cookie?.value).not.toBe(hoist.token);
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
  expect(kept).not.toContain("hst_");
  await page.getByRole("button", { name: /^Signed in as/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto(`${hoist.url}/audit`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expectQuiet(watched);
  await watched.close();
  await hoist.stop();
});

test("a link signs in once and leaves nothing in the address", async () => {
  const hoist = await startHoist();
  const link = await hoist.call<{ path: string }>("POST", "/api/v1/session/link", {});
  const watched = await open(browser, hoist.url);
  await watched.page.goto(hoist.url + link.path);
  await watched.page.getByRole("navigation", { name: "Pages" }).waitFor();
  expect(watched.page.url()).not.toContain("hst_");
  const second = await open(browser, hoist.url);
  await second.page.goto(hoist.url + link.path);
  await second.page.getByText("A valid token is needed").waitFor();
  await signIn(second.page, hoist, "/tokens");
  expectQuiet(watched);
  await watched.close();
  await second.close();
  await hoist.stop();
});
