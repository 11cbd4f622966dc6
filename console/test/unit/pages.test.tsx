// @vitest-environment jsdom
/** The states of pages: nothing there yet, a refusal, somebody else was first, and not allowed. */
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { type Mock, mockApi, Refusal, Versioned } from "../mock/api";
import { renderConsole } from "../mock/render";
import { FLAG, STALENESS, TARGETING, world } from "../mock/world";

let api: Mock;

afterEach(() => {
  cleanup();
  api.restore();
});

const WAIT = { timeout: 10_000 };

test.each([
  ["/projects/default/rollouts", "No rollout is going"],
  ["/projects/default/stale", "No flag has outlived its work"],
])("a page with nothing on it says what it is for: %s", async (path, says) => {
  api = mockApi(world());
  renderConsole(path);
  await screen.findByText(says, {}, WAIT);
});

test("a project without flags leads to the first one", async () => {
  api = mockApi(world());
  api.use({ "GET /api/v1/projects/{project}/overview": () => ({ environments: ["staging"], flags: [] }) });
  renderConsole("/projects/default/flags");
  await screen.findByRole("link", { name: "Create the first flag" }, WAIT);
  screen.getByRole("heading", { name: "Flags", level: 1 });
  expect(screen.queryByRole("table")).toBeNull();
});

test("an error is a sentence, and the page can be asked for again", async () => {
  api = mockApi(world());
  let broken = true;
  api.use({
    "GET /api/v1/projects/{project}/flags/{flag}": () =>
      broken ? new Refusal(503, "unavailable", "The store cannot be read", "Try again in a moment.") : FLAG,
  });
  renderConsole("/projects/default/flags/new-checkout?env=staging");
  await screen.findByText(/The store cannot be read/, {}, WAIT);
  broken = false;
  fireEvent.click(screen.getByRole("button", { name: /again/i }));
  await screen.findByRole("heading", { name: "new-checkout" }, WAIT);
});

test("pages of no project lead back to the one that one came from", async () => {
  api = mockApi(world());
  renderConsole("/audit");
  const back = await screen.findByRole("link", { name: "Flags" }, WAIT);
  expect(back.getAttribute("href")).toMatch(/^\/projects\/default\/flags/);
});

test("a flag that is not there says so, and names no other", async () => {
  api = mockApi(world());
  api.use({
    "GET /api/v1/projects/{project}/flags/{flag}": () => new Refusal(404, "not_found", "There is no such flag"),
  });
  renderConsole("/projects/default/flags/gone?env=staging");
  await screen.findByText(/There is no such flag/, {}, WAIT);
});

test("what somebody may not do is refused in words, and nothing looks as if it were done", async () => {
  api = mockApi(world());
  api.use({
    "POST /api/v1/projects/{project}/flags/{flag}/environments/{environment}/off": () =>
      new Refusal(403, "forbidden", "You may not switch flags", "Ask somebody with the role operator."),
  });
  renderConsole("/projects/default/flags/new-checkout?env=staging");
  fireEvent.click(await screen.findByRole("button", { name: "Switch off" }, WAIT));
  const dialog = await screen.findByRole("dialog", {}, WAIT);
  fireEvent.click(within(dialog).getByRole("button", { name: "Switch off" }));
  await screen.findAllByText(/You may not switch flags\. Ask somebody with the role operator\./, {}, WAIT);
  expect(screen.getAllByRole("button", { name: "Switch off" }).length).toBeGreaterThan(0);
});

test("an edit that comes second shows both, and loses neither", async () => {
  api = mockApi(world());
  const theirs = { ...TARGETING, off_variant: "on" };
  let version = 3;
  let kept: unknown;
  const flag = () => ({
    ...FLAG,
    environments: FLAG.environments?.map((each) => ({
      ...each,
      version,
      targeting: version === 3 ? TARGETING : theirs,
    })),
  });
  api.use({
    "GET /api/v1/projects/{project}/flags/{flag}": () => new Versioned(flag(), version),
    "GET /api/v1/projects/{project}/flags/{flag}/environments/{environment}": () =>
      new Versioned({ ...flag().environments?.[0], flag: FLAG.key } as never, version),
    "PUT /api/v1/projects/{project}/flags/{flag}/environments/{environment}": ({ headers, body }) => {
      if (headers.get("if-match") === '"3"') {
        version = 4;
        return new Refusal(412, "version_mismatch", "Somebody else changed it first");
      }
      kept = body;
      return { environment: "staging", changed: true, generation: 2, version: 5 } as never;
    },
  });
  renderConsole("/projects/default/flags/new-checkout?env=staging");
  fireEvent.click(await screen.findByRole("button", { name: "Edit" }, WAIT));
  fireEvent.click(await screen.findByRole("button", { name: "Add a rule" }, WAIT));
  fireEvent.change(screen.getByLabelText("Rule 1.1: attribute"), { target: { value: "beta" } });
  fireEvent.click(screen.getByRole("button", { name: "Review the change" }));
  const review = await screen.findByRole("dialog", {}, WAIT);
  fireEvent.click(within(review).getByRole("button", { name: "Save" }));
  await screen.findByRole("heading", { name: "Somebody else changed this first" }, WAIT);
  fireEvent.click(screen.getByRole("button", { name: "Merge and review" }));
  const again = await screen.findByRole("dialog", { name: /^Change new-checkout/ }, WAIT);
  fireEvent.click(within(again).getByRole("button", { name: "Save" }));
  await waitFor(
    () => expect(kept).toMatchObject({ off_variant: "on", rules: [{ when: { all: [{ attribute: "beta" }] } }] }),
    WAIT,
  );
});

test("a flag's references and verdict are those of the server", async () => {
  api = mockApi(world());
  api.use({
    "GET /api/v1/projects/{project}/flags/{flag}/staleness": () => ({
      ...STALENESS,
      state: "candidate",
      severity: "candidate",
      references: 1,
      findings: [{ reason: "rolled_out", severity: "candidate", since: FLAG.created_at, evidence: [] }],
      blockers: [{ kind: "references", message: "one place in the code still has it", gives_way: false }],
    }),
    "GET /api/v1/projects/{project}/flags/{flag}/references": () => ({
      items: [
        {
          repository: "example/shop",
          branch: "main",
          main: true,
          commit: "0123456789abcdef",
          scanned_at: FLAG.created_at,
          count: 1,
          references: [
            { path: "src/pay.ts", line: 12, column: 3, end: 9, kind: "evaluation", via: "literal", hash: "00" },
          ],
        },
      ],
    }),
  });
  renderConsole("/projects/default/flags/new-checkout?env=staging&tab=references");
  await screen.findByText("src/pay.ts:12", {}, WAIT);
  screen.getByText(/everybody has it, since/);
  screen.getByText("one place in the code still has it");
  expect(screen.getAllByText("has done its work").length).toBe(2);
});
