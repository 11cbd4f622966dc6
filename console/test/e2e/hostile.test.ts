/** Text that hurts, through every text field: stored through the API, typed into the pages, and shown as text everywhere. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectQuiet, launch, open, signIn } from "./browser";
import { hostile } from "./hostile";
import { PAGES } from "./pages";
import { type Hoist, startHoist } from "./server";
import { FLAG, makeWorld, P, plan } from "./world";

const IMAGE = "<img src=x onerror=alert(1)>";
const TYPED = [IMAGE, '"><svg onload=alert(1)>', "javascript:alert(1)", "\u202eadmin"];
const AT_ONCE = 8;
/** Most tries of one text: each refusal leaves fields out. */
const ATTEMPTS = 3;
/** What a name may have at most; longer texts are cut, so that they come to what is tested. */
const NAME_MAX = 64;
/** Least texts that every field must take, or it is not tested. */
const TAKEN_MIN = 4;

let browser: Browser;
let hoist: Hoist;

beforeAll(async () => {
  hoist = await startHoist();
  await makeWorld(hoist);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hoist?.stop();
});

/** One kind of thing with text fields: what is sent for it, with a harmless text where a field is not under test. */
type Kind = {
  name: string;
  fields: string[];
  /** How the server calls fields that it calls otherwise. */
  paths?: Record<string, string>;
  send: (key: string, of: (field: string) => string) => [string, unknown];
};

const short = (text: string) => text.slice(0, NAME_MAX);
const VARIANTS = [
  { key: "on", value: true },
  { key: "off", value: false },
];

const KINDS: Kind[] = [
  {
    name: "flag",
    fields: ["title", "description", "owner", "tag"],
    paths: { tag: "tags" },
    send: (key, of) => [
      `${P}/flags`,
      {
        key,
        kind: "boolean",
        variants: VARIANTS,
        title: short(of("title")),
        description: of("description"),
        owner: short(of("owner")),
        tags: [short(of("tag"))],
      },
    ],
  },
  {
    name: "targeting",
    fields: ["variant value", "rule", "rule value", "attribute"],
    paths: {
      "variant value": "variants",
      rule: "targeting.rules[0].description",
      "rule value": "targeting.rules[0].when.values",
      attribute: "targeting.rules[0].when.attribute",
    },
    send: (key, of) => [
      `${P}/flags`,
      {
        key: `t-${key}`,
        kind: "string",
        variants: [
          { key: "on", value: of("variant value") },
          { key: "off", value: "off" },
        ],
        targeting: {
          enabled: true,
          off_variant: "off",
          default: { variant: "off" },
          rules: [
            {
              id: "r1",
              description: of("rule"),
              when: { operator: "equals", attribute: of("attribute"), values: [of("rule value")] },
              serve: { variant: "on" },
            },
          ],
        },
      },
    ],
  },
  {
    name: "segment",
    fields: ["included", "value"],
    paths: { value: "when" },
    send: (key, of) => [
      `${P}/segments`,
      {
        key,
        included: [of("included")],
        when: { operator: "equals", attribute: "a", values: [of("value")] },
      },
    ],
  },
  {
    name: "plan",
    fields: ["title", "description", "stage"],
    paths: { stage: "stages" },
    send: (key, of) => [
      `${P}/plans`,
      {
        ...plan(key, "1s"),
        title: short(of("title")),
        description: of("description"),
        stages: [{ name: short(of("stage")), percentage: 100, bake: "1s" }],
        guards: [],
      },
    ],
  },
  {
    name: "metric",
    fields: ["title", "unit", "query"],
    paths: { query: "source" },
    send: (key, of) => [
      `${P}/metrics`,
      {
        key,
        title: short(of("title")),
        unit: short(of("unit")),
        source: { kind: "promql_value", query: `up{variant="{{variant}}"} # ${of("query")}` },
      },
    ],
  },
  ...["service", "feature"].map(
    (name): Kind => ({
      name,
      fields: ["title", "description", "owner", "url"],
      send: (key, of) => [
        `${P}/${name}s`,
        {
          key,
          title: short(of("title")),
          description: of("description"),
          owner: short(of("owner")),
          url: `https://example.org/${of("url")}`,
        },
      ],
    }),
  ),
  {
    name: "token",
    fields: ["name"],
    send: (_, of) => [
      "/api/v1/tokens",
      { kind: "server", name: short(of("name")), project: "default", environment: "development" },
    ],
  },
  {
    name: "switching",
    fields: ["reason"],
    send: (_, of) => [`${P}/flags/image-webp/environments/staging/off`, { reason: of("reason") }],
  },
];

/** Sends a text through every field of a kind: through all at once, and then without those that refused it. */
async function through(kind: Kind, text: string, index: number, taken: Map<string, number>) {
  let fields = kind.fields;
  for (let attempt = 0; attempt < ATTEMPTS && fields.length > 0; attempt++) {
    const [path, body] = kind.send(`h-${index}`, (field) => (fields.includes(field) ? text : "plain"));
    const refused = await hoist.call("POST", path, body).then(() => undefined, String);
    if (refused === undefined) {
      for (const field of fields) taken.set(`${kind.name} ${field}`, (taken.get(`${kind.name} ${field}`) ?? 0) + 1);
      return;
    }
    // A refusal names the field, and never repeats what was sent.
    expect(refused).toMatch(/: 4\d\d /);
    if (text.includes("<")) expect(refused).not.toContain(text);
    const named = fields.filter((field) => refused.includes(`"path":"${kind.paths?.[field] ?? field}`));
    fields = fields.filter((field) => (named.length > 0 ? !named.includes(field) : field === fields[0]));
  }
}

/** What must never be in a page because of a text. */
async function expectInert(page: Page, where: string) {
  const made = "main :is(script, iframe, object, style, img[src='x'], svg[onload], [onerror], a[href^='javascript:'])";
  expect(await page.locator(made).count(), where).toBe(0);
}

async function openGuarded() {
  const watched = await open(browser, hoist.url);
  watched.page.on("dialog", (dialog) => {
    watched.complaints.push(`a dialog said ${dialog.message()}`);
    void dialog.dismiss();
  });
  return watched;
}

test("200 hostile texts through every field are text on every page", async () => {
  const texts = hostile();
  expect(texts.length).toBeGreaterThanOrEqual(200);
  const taken = new Map<string, number>();
  for (const kind of KINDS) {
    // All of them through flags; through the rest, whose text is checked by the same code, the image and every tenth.
    const chosen = texts.map((text, index) => ({ text, index }));
    const part = kind.name === "flag" ? chosen : chosen.filter(({ text, index }) => text === IMAGE || index % 10 === 0);
    for (let from = 0; from < part.length; from += AT_ONCE)
      await Promise.all(part.slice(from, from + AT_ONCE).map(({ text, index }) => through(kind, text, index, taken)));
  }
  const until = new Date(Date.now() + 86_400_000).toISOString();
  await hoist.call("PUT", `${P}/flags/new-nav/snooze`, { until, reason: IMAGE });
  await hoist.call("POST", `${P}/rollouts`, {
    flag: FLAG.key,
    environment: "production",
    plan: { ...plan("hostile", "1h"), title: IMAGE, guards: [] },
    reason: IMAGE,
  });
  const fields = KINDS.flatMap((kind) => kind.fields.map((field) => `${kind.name} ${field}`));
  expect(fields.filter((field) => (taken.get(field) ?? 0) < TAKEN_MIN)).toEqual([]);
  // A key is no place for any of them.
  const keys = texts.filter((text) => /[^a-zA-Z0-9._-]/.test(text)).slice(0, 20);
  for (const key of keys)
    await expect(hoist.call("POST", `${P}/flags`, { key, kind: "boolean", variants: VARIANTS })).rejects.toThrow(/: 4/);

  const watched = await openGuarded();
  const { page } = watched;
  await signIn(page, hoist);
  const at = texts.indexOf(IMAGE);
  const flags = `/projects/default/flags`;
  const shown: [string, string][] = [
    [`${flags}?q=h-${at}&env=development`, IMAGE],
    [`${flags}/h-${at}?env=development&tab=settings`, ""],
    [`${flags}/t-h-${at}?env=development`, IMAGE],
    [`${flags}/image-webp?env=staging&tab=history`, "reason"],
    [`${flags}?q=${encodeURIComponent(IMAGE)}`, ""],
    ["/projects/default/rollouts", ""],
    ["/projects/default/stale", IMAGE],
    ["/projects/default/plans", IMAGE],
    ["/projects/default/metrics", IMAGE],
    ["/projects/default/segments", ""],
    ["/projects/default/services", IMAGE],
    ["/tokens", IMAGE],
    ["/audit", IMAGE],
  ];
  const unseen: string[] = [];
  for (const [path, text] of shown) {
    await page.goto(hoist.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle").catch(() => undefined);
    if (path === "/tokens") await page.getByText("Programs", { exact: true }).click();
    if (text === IMAGE)
      await page
        .locator("main")
        .getByText(IMAGE)
        .first()
        .waitFor({ timeout: 4_000 })
        .catch(() => unseen.push(path));
    await expectInert(page, path);
  }
  expect(unseen).toEqual([]);
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog");
  await palette.getByRole("textbox").fill(IMAGE);
  await palette.getByText(`h-${at}`, { exact: true }).waitFor();
  expect(await palette.locator(":is(script, img, svg[onload], [onerror])").count()).toBe(0);
  expectQuiet(watched);
  await watched.close();
});

test("what is typed into the fields of any page stays what was typed", async () => {
  const watched = await openGuarded();
  const { page } = watched;
  await signIn(page, hoist);
  let typed = 0;
  for (const [name, path] of PAGES) {
    await page.goto(hoist.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle").catch(() => undefined);
    const fields = await page
      .locator("main :is(input:not([type]), input[type=text], input[type=search], textarea)")
      .all();
    for (const [index, field] of fields.entries()) {
      if (!(await field.isVisible()) || !(await field.isEditable())) continue;
      const text = TYPED[index % TYPED.length] ?? IMAGE;
      await field.fill(text).catch(() => undefined);
      typed += 1;
    }
    await expectInert(page, name);
  }
  expect(typed).toBeGreaterThan(20);
  await page.keyboard.press("Control+k");
  // Titles are like the image alone, and found by it: nothing is like this.
  await page.getByRole("dialog").getByRole("textbox").fill(`${IMAGE}?`);
  await page.getByText("Nothing by that name").waitFor();
  await expectInert(page, "palette");
  expectQuiet(watched);
  await watched.close();
});

test("a token's name, a service and a feature are text where they are typed and where they are shown", async () => {
  const watched = await openGuarded();
  const { page } = watched;
  await signIn(page, hoist, "/tokens");
  const shown = page.locator("main");
  for (const name of TYPED.filter((text) => !text.includes("\u202e"))) {
    await page.getByRole("button", { name: "New token" }).click();
    const dialog = page.getByRole("dialog", { name: "New token" });
    await dialog.getByLabel("Name").fill(name);
    await choose(page, dialog.getByRole("combobox", { name: "Project" }), "default");
    await choose(page, dialog.getByRole("combobox", { name: "Environment" }), "development");
    await dialog.getByRole("button", { name: "Make the token" }).click();
    await page.getByRole("dialog", { name: "Keep this token" }).getByRole("button", { name: "Close" }).click();
    await page.getByText("Programs", { exact: true }).click();
    await shown.getByText(name, { exact: true }).first().waitFor();
    await shown
      .getByRole("button", { name: `Revoke ${name}` })
      .first()
      .waitFor();
  }
  await expectInert(page, "tokens");
  await page.goto(`${hoist.url}/projects/default/flags/new-checkout?env=development&tab=settings`);
  for (const field of ["Service that asks for it", "Feature that it gates"]) {
    const was = await page.getByLabel(field).inputValue();
    await page.getByLabel(field).fill(IMAGE);
    await page.getByRole("button", { name: "Save" }).click();
    // It is a key, and no key is like that: the refusal names the field, and is text.
    await page.getByRole("alert").first().waitFor();
    expect(await page.getByLabel(field).inputValue()).toBe(IMAGE);
    await expectInert(page, field);
    await page.getByLabel(field).fill(was);
  }
  await page.goto(`${hoist.url}/projects/default/services`);
  // Title, description, owner and address of services and of features, each of them.
  for (const panel of ["Services", "Features"]) {
    const part = shown.locator("section", { has: page.getByRole("heading", { name: panel, level: 2 }) });
    const texts = [IMAGE, IMAGE, `answered for by ${IMAGE}`].join("");
    await expect.poll(() => part.textContent()).toContain(texts);
  }
  await expectInert(page, "services");
  expectQuiet(watched);
  await watched.close();
});

/** Chooses from a list, unless it is chosen already. */
async function choose(page: Page, field: Locator, what: string) {
  if ((await field.inputValue()) === what) return;
  await field.click();
  await page.getByRole("option", { name: what, exact: true }).click();
}
