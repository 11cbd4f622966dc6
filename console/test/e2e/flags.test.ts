/** Flags: made, targeted, tried, switched off by keys, edited by two at once, and remembered. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectQuiet, launch, open, signIn, type Watched } from "./browser";
import { type Hoist, makeToken, startHoist } from "./server";
import { makeWorld, P, putTargeting } from "./world";

let browser: Browser;
let hoist: Hoist;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  hoist = await startHoist();
  await makeWorld(hoist);
  browser = await launch();
  watched = await open(browser, hoist.url);
  page = watched.page;
  await signIn(page, hoist);
});

afterAll(async () => {
  await browser?.close();
  await hoist?.stop();
});

test("a new flag is created, and one lands on it with the snippet", async () => {
  await page.goto(`${hoist.url}/projects/default/flags?env=development`);
  await page.getByRole("table", { name: "Flags" }).waitFor();
  await page.keyboard.press("c");
  await page.getByLabel("Key", { exact: true }).fill("greeting");
  await page.getByLabel("Title").fill("Says hello");
  await page.getByRole("button", { name: "Create the flag" }).click();
  await page.getByRole("heading", { name: "greeting" }).waitFor();
  await page.getByText('getBooleanValue("greeting", false').waitFor();
  expectQuiet(watched);
});

test("nested rules are edited, and the tester agrees with OFREP", async () => {
  await page.goto(`${hoist.url}/projects/default/flags/greeting?env=development`);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("button", { name: "Add a rule" }).click();
  const rule = page.getByRole("region", { name: "Rule 1" });
  await rule.getByLabel("Rule 1.1: attribute").fill("plan");
  await rule.getByRole("combobox", { name: "Rule 1.1: values" }).fill("pro");
  await rule.getByRole("combobox", { name: "Rule 1.1: values" }).press("Enter");
  await rule.getByRole("button", { name: "Group" }).click();
  await rule.getByLabel("Rule 1.2.1: attribute").fill("country");
  for (const country of ["de", "fr"]) {
    await rule.getByRole("combobox", { name: "Rule 1.2.1: values" }).fill(country);
    await rule.getByRole("combobox", { name: "Rule 1.2.1: values" }).press("Enter");
  }
  await rule.getByText('If plan is "pro" and country is "de", "fr"').waitFor();
  await page.getByRole("button", { name: "Review the change" }).click();
  await page.getByRole("dialog").getByText("rules").first().waitFor();
  await page.getByRole("dialog").getByLabel("Reason").fill("pilot");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText('If plan is "pro" and country is "de", "fr"').waitFor();
  await hoist.call("POST", `${P}/flags/greeting/environments/development/on`, {});

  const server = makeToken(hoist.data, "server", ["--env", "development", "--name", "tests"]);
  const contexts = [
    { targetingKey: "u1", plan: "pro", country: "de" },
    { targetingKey: "u2", plan: "pro", country: "us" },
    { targetingKey: "u3", country: "fr" },
  ];
  for (const { targetingKey, ...attributes } of contexts) {
    await page.goto(`${hoist.url}/projects/default/flags/greeting?env=development&tab=try`);
    await page.getByLabel("Targeting key").fill(targetingKey);
    await page.getByLabel("Attributes").fill(JSON.stringify(attributes));
    await page.getByRole("button", { name: "Evaluate" }).click();
    const shown = {
      value: JSON.parse((await page.getByTestId("value").textContent()) ?? ""),
      variant: await page.getByTestId("variant").textContent(),
      reason: await page.getByTestId("reason").textContent(),
    };
    const said = await fetch(`${hoist.url}/ofrep/v1/evaluate/flags/greeting`, {
      method: "POST",
      headers: { authorization: `Bearer ${server}`, "content-type": "application/json" },
      body: JSON.stringify({ context: { targetingKey, ...attributes } }),
    });
    const { value, variant, reason } = (await said.json()) as typeof shown;
    expect(shown).toEqual({ value, variant, reason });
  }
  expectQuiet(watched);
});

test("two keys switch a flag off in production", async () => {
  await page.goto(`${hoist.url}/projects/default/flags/new-checkout?env=production`);
  await page.getByRole("button", { name: "Switch off" }).waitFor();
  await page.keyboard.press("k");
  await page.getByRole("dialog").getByLabel("Reason").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("new-checkout is off in production").waitFor();
  const flag = await hoist.call<{ targeting: { enabled: boolean } }>(
    "GET",
    `${P}/flags/new-checkout/environments/production`,
  );
  expect(flag.targeting.enabled).toBe(false);
  // The dialog fades out with a disabled button of the same name.
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  // On again asks for the name, because production is protected.
  await page.getByRole("button", { name: "Switch on" }).waitFor();
  await page.keyboard.press("k");
  const confirm = page.getByRole("dialog").getByRole("button", { name: "Switch on" });
  expect(await confirm.isDisabled()).toBe(true);
  await page.getByLabel("Type the name of the environment").fill("production");
  await confirm.click();
  await page.getByText("new-checkout is on in production").waitFor();
  expectQuiet(watched);
});

test("of two who switch a flag off at once, neither switches it on", async () => {
  const path = `${P}/flags/search-ranker/environments/staging`;
  await hoist.call("POST", `${path}/on`, {});
  await page.goto(`${hoist.url}/projects/default/flags/search-ranker?env=staging`);
  await page.getByRole("banner").getByText("live", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Switch off" }).click();
  const dialog = page.getByRole("dialog", { name: "Switch search-ranker off in staging" });
  await dialog.waitFor();
  await hoist.call("POST", `${path}/off`, {});
  // The page behind the dialog knows by now.
  await page.getByRole("button", { name: "Switch on", includeHidden: true }).waitFor({ state: "attached" });
  await dialog.getByRole("button", { name: "Switch off" }).click();
  await page.getByText("search-ranker is off in staging").waitFor();
  const now = await hoist.call<{ targeting: { enabled: boolean } }>("GET", path);
  expect(now.targeting.enabled).toBe(false);
  await hoist.call("POST", `${path}/on`, {});
  expectQuiet(watched);
});

test("an edit that comes second is merged and not lost", async () => {
  await page.goto(`${hoist.url}/projects/default/flags/search-ranker?env=staging`);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("button", { name: "Add a rule" }).click();
  await page.getByLabel("Rule 1.1: attribute").fill("beta");
  await page.getByRole("combobox", { name: "Rule 1.1: values" }).fill("true");
  await page.getByRole("combobox", { name: "Rule 1.1: values" }).press("Enter");
  const path = `${P}/flags/search-ranker/environments/staging`;
  await putTargeting(hoist, "search-ranker", "staging", { default: { variant: "off" } });
  await page.getByRole("button", { name: "Review the change" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Somebody else changed this first" }).waitFor();
  await page.getByRole("button", { name: "Merge and review" }).click();
  await page
    .getByRole("dialog", { name: /^Change search-ranker/ })
    .getByRole("button", { name: "Save" })
    .click();
  // The difference in the dialog shows the rule too, so the end of editing is what says that it is saved.
  await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
  await page.getByText("If beta is true").waitFor();
  const now = await hoist.call<{ targeting: { default: unknown; rules: unknown[] } }>("GET", path);
  expect(now.targeting.default).toEqual({ variant: "off" });
  expect(now.targeting.rules).toHaveLength(1);
  expectQuiet(watched);
});

test("the audit log has it, with the difference, and the chain is sound", async () => {
  await page.goto(`${hoist.url}/audit?subject=greeting`);
  await page.getByRole("button", { name: /pilot/ }).click();
  await page.getByRole("list", { name: "Changes" }).getByText("rules").first().waitFor();
  await page.getByRole("button", { name: "Check the chain" }).click();
  await page.getByText(/records are sound/).waitFor();
  expectQuiet(watched);
});

test("what others change appears by itself", async () => {
  await page.goto(`${hoist.url}/projects/default/flags?env=development`);
  await page.getByRole("banner").getByText("live", { exact: true }).waitFor();
  await hoist.call("POST", `${P}/flags`, {
    key: "appears",
    kind: "boolean",
    variants: [
      { key: "on", value: true },
      { key: "off", value: false },
    ],
  });
  await page.getByRole("link", { name: "appears" }).waitFor();
  expectQuiet(watched);
});
