/** The real binary, with a data directory of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BINARY = process.env.HOIST_BINARY ?? fileURLToPath(new URL("../../../target/debug/hoist", import.meta.url));
const START_MS = 120_000;

export type Hoist = {
  url: string;
  data: string;
  token: string;
  setupCode: string;
  call: <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<T>;
  stop: () => Promise<void>;
};

/** Starts a server. With `fresh` nobody sets it up. */
export async function startHoist({ fresh = false, args = [] as string[] } = {}): Promise<Hoist> {
  const data = mkdtempSync(join(tmpdir(), "hoist-e2e-"));
  const child = spawn(BINARY, ["serve", "--data", data, "--http", "127.0.0.1:0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { url, setupCode } = await listening(child, fresh);
  const token = fresh ? "" : makeToken(data, "admin", ["--name", "Ada"]);
  const call: Hoist["call"] = async (method, path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : {};
  };
  return {
    url,
    data,
    token,
    setupCode,
    call,
    stop: async () => {
      await ended(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Makes a token on the machine itself. */
export function makeToken(data: string, kind: string, args: string[]): string {
  const made = spawnSync(BINARY, ["token", "create", "--kind", kind, "--data", data, "--json", ...args], {
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(made.stderr);
  return JSON.parse(made.stdout).secret;
}

/** Runs the demonstration, and returns where it is and the link that it prints. */
export async function startDemo(args: string[]): Promise<{ url: string; link: string; stop: () => Promise<void> }> {
  const child = spawn(BINARY, ["demo", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const link = await waitFor(child, (text) => text.match(/http:\/\/[^\s]+\/sign-in#\S+/)?.[0]);
  return { url: new URL(link).origin, link, stop: () => ended(child) };
}

async function listening(child: ChildProcess, fresh: boolean): Promise<{ url: string; setupCode: string }> {
  return waitFor(child, (text) => {
    const address = text.match(/127\.0\.0\.1:(\d+)/)?.[0];
    const setupCode = text.match(/^([0-9a-f]{32})$/m)?.[1];
    if (!address || (fresh && !setupCode)) return undefined;
    return { url: `http://${address}`, setupCode: setupCode ?? "" };
  });
}

function waitFor<T>(child: ChildProcess, find: (text: string) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`the program did not get ready:\n${text}`)), START_MS);
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const found = find(text);
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.on("exit", () => reject(new Error(`the program ended:\n${text}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.on("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
