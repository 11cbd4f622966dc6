/** Debian's Chromium, and pages that complain about everything a visitor should never cause. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import type { Hoist } from "./server";

const EXECUTABLE = process.env.HOIST_CHROMIUM ?? "/usr/bin/chromium";
const ARGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const IMAGES = fileURLToPath(new URL("../../../docs/images", import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export type Watched = { page: Page; complaints: string[]; hosts: Set<string>; close: () => Promise<void> };

/** A name that the browser finds on this machine, and trusts no more than any other name without TLS. */
export const NAMED = "hoist.test";

export function launch(): Promise<Browser> {
  const rules = `--host-resolver-rules=MAP ${NAMED} 127.0.0.1`;
  return chromium.launch({ executablePath: EXECUTABLE, args: [...ARGS, rules] });
}

/** Opens a page and notes console errors, refusals of the content security policy, and requests to other hosts. */
export async function open(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 860 },
    locale: "en-GB",
    timezoneId: "UTC",
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    const text = message.text();
    // A refusal by the server is an answer; the page shows it.
    if (message.type() === "error" && !/the server responded with a status of 4\d\d/.test(text)) complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== origin) hosts.add(url.origin);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}:${event.lineNumber}`),
    );
  });
  return { page, complaints, hosts, close: () => context.close() };
}

/** Asserts that the page caused nothing that a visitor should never cause. */
export function expectQuiet(watched: Watched) {
  expect(watched.complaints).toEqual([]);
  expect([...watched.hosts]).toEqual([]);
}

/** Signs a page in with the server's admin token. */
export async function signIn(page: Page, hoist: Hoist, path = "/") {
  await page.goto(hoist.url + path);
  await page.getByLabel("Admin token").fill(hoist.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("main#main").waitFor();
}

/** Returns what axe finds wrong with the page, in a line each: by all of its rules, or only by some. */
export async function axe(page: Page, only?: string[]): Promise<string[]> {
  // The page's policy allows no script from elsewhere; the debugger's world is not the page's.
  // What fades in has other colours until it is there.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axeSource);
  return page.evaluate(async (only) => {
    const { axe } = window as unknown as {
      axe: {
        run: (
          options: object,
        ) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const rules = only && { runOnly: { type: "rule", values: only } };
    const { violations } = await axe.run({ resultTypes: ["violations"], ...rules });
    return violations.flatMap((violation) =>
      violation.nodes.map(
        (node) =>
          `${violation.id}: ${node.html.slice(0, 180)} — ${node.failureSummary.split("\n").slice(1, 3).join(" ")}`,
      ),
    );
  }, only);
}

/** Writes a picture for the documentation, if pictures are asked for: ages and marks differ from run to run. */
export async function picture(page: Page, name: string) {
  if (!process.env.HOIST_PICTURES) return;
  await page.evaluate(() => document.getElementById("main")?.scrollTo(0, 0));
  mkdirSync(IMAGES, { recursive: true });
  await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: "disabled" });
}
