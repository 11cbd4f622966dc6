/** The kill page, for a flag whose stored rules nobody can read; and on a phone. */
import { spawnSync } from "node:child_process";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe, expectQuiet, launch, NAMED, open, picture } from "./browser";
import { type Hoist, startHoist } from "./server";
import { startTls } from "./tls";
import { makeWorld, P } from "./world";

let browser: Browser;
let hoist: Hoist;

beforeAll(async () => {
  hoist = await startHoist({ args: ["--host-name", NAMED] });
  await makeWorld(hoist);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hoist?.stop();
});

/** Damages what is stored of a flag's rules, as a failing disk would. */
function corrupt(flag: string) {
  const script = `import sqlite3,sys,glob
for name in glob.glob(sys.argv[1] + "/*.db") + glob.glob(sys.argv[1] + "/*.sqlite*"):
    if name.endswith(("-wal", "-shm")): continue
    db = sqlite3.connect(name, timeout=20)
    db.execute("UPDATE targetings SET body = '{' WHERE flag = ?", (sys.argv[2],))
    db.commit()
    print(db.total_changes)`;
  const done = spawnSync("python3", ["-c", script, hoist.data, flag], { encoding: "utf8" });
  expect(Number(done.stdout.trim()), done.stderr).toBeGreaterThan(0);
}

test("a corrupt flag is switched off from the kill page, without the console and on a phone", async () => {
  corrupt("new-checkout");
  const watched = await open(browser, hoist.url, { viewport: { width: 390, height: 760 }, javaScriptEnabled: false });
  const { page } = watched;
  await page.goto(`${hoist.url}/kill`);
  await page.getByLabel("Admin token").fill(hoist.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Switch off new-checkout" }).waitFor();
  await picture(page, "kill");
  await page.getByLabel("Reason for switching new-checkout off").fill("it hurts");
  await page.getByRole("button", { name: "Switch off new-checkout" }).click();
  await page.getByText("new-checkout is off in production").waitFor();
  expectQuiet(watched);
  await watched.close();
  const flags = await hoist.call<{
    flags: { key: string; environments: { environment: string; enabled: boolean }[] }[];
  }>("GET", `${P}/overview`);
  const served = flags.flags
    .find((flag) => flag.key === "new-checkout")
    ?.environments.find((each) => each.environment === "production");
  expect(served?.enabled).toBe(false);
});

test("forms say where they come from: over TLS, on this machine, and without TLS elsewhere", async () => {
  const tls = await startTls(hoist.url);
  const plain = new URL(hoist.url);
  const doors = [
    { origin: tls.url, cookie: "__Host-hoist", secure: true },
    { origin: plain.origin, cookie: "hoist", secure: false },
    // Here browsers do not say whether a request comes from the same site, so its origin alone does.
    { origin: `http://${NAMED}:${plain.port}`, cookie: "hoist", secure: false },
  ];
  for (const { origin, cookie, secure } of doors) {
    await hoist.call("POST", `${P}/flags/search-ranker/environments/production/on`, {});
    const watched = await open(browser, origin, { ignoreHTTPSErrors: true });
    const { page } = watched;
    await page.goto(`${origin}/kill`);
    await page.getByLabel("Admin token").fill(hoist.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Switch off search-ranker" }).click();
    await page.getByText("search-ranker is off in production").waitFor();
    const cookies = await page.context().cookies();
    expect(cookies.map(({ name, secure }) => ({ name, secure }))).toEqual([{ name: cookie, secure }]);
    // What a page without TLS left behind does not lock the console out.
    if (secure) await page.context().addCookies([{ name: "hoist", value: "stale", url: origin }]);
    expect(await page.evaluate(async () => (await fetch("/api/v1/session")).status)).toBe(200);
    // Without TLS the browser notes that one of the headers counts over TLS alone.
    const complaints = watched.complaints.filter((text) => !text.startsWith("The Cross-Origin-Opener-Policy header"));
    expectQuiet({ ...watched, complaints });
    await watched.close();
  }
  await tls.stop();
});

test("axe finds nothing on it", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    const watched = await open(browser, hoist.url, { colorScheme });
    await watched.page.goto(`${hoist.url}/kill`);
    expect(await axe(watched.page)).toEqual([]);
    await watched.page.getByLabel("Admin token").fill(hoist.token);
    await watched.page.getByRole("button", { name: "Sign in" }).click();
    await watched.page.getByRole("navigation").waitFor();
    expect(await axe(watched.page)).toEqual([]);
    expectQuiet(watched);
    await watched.close();
  }
});
