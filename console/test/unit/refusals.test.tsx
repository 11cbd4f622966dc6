// @vitest-environment jsdom
/** What the server would refuse is not offered: buttons say why they do not work. */
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Schemas } from "~/api/client";
import { type Action, type Place, refusal } from "~/hooks/useRefusal";
import { type Mock, mockApi, Refusal } from "../mock/api";
import { renderConsole } from "../mock/render";
import { FLAG, SESSION, STALENESS, world } from "../mock/world";

const WAIT = { timeout: 10_000 };
const AT = "2026-11-21T22:00:00.000000Z";

let api: Mock;

afterEach(() => {
  cleanup();
  api?.restore();
});

/** A session as the server tells of it: what is named is allowed, in open environments alone or everywhere. */
function session(role: Schemas["RoleName"], open: Action[], everywhere: Action[] = []): Schemas["Session"] {
  const actions: Action[] = ["edit", "advance", "stop", "tokens", "audit", "administer"];
  const allowed = actions.map((action) => ({
    action,
    open: open.includes(action) || everywhere.includes(action),
    protected: everywhere.includes(action),
  }));
  return { ...SESSION, role, allowed };
}

const VIEWER = session("viewer", []);
const DEVELOPER = session("developer", ["edit", "advance", "stop", "tokens"]);
const ROWS: [Schemas["Session"] | undefined, Action, Place, RegExp | undefined][] = [
  [VIEWER, "edit", "open", /viewer, may not change this$/],
  [VIEWER, "administer", "project", /viewer, may not administer$/],
  [DEVELOPER, "edit", "open", undefined],
  [DEVELOPER, "edit", "project", undefined],
  [DEVELOPER, "stop", "protected", /may not stop anything in a protected environment/],
  [DEVELOPER, "tokens", "anywhere", undefined],
  [DEVELOPER, "audit", "anywhere", /may not check the audit log/],
  [{ ...DEVELOPER, environment: "staging" }, "edit", "project", /staging alone/],
  [{ ...DEVELOPER, environment: "staging" }, "edit", "open", undefined],
  [undefined, "edit", "open", undefined],
  [SESSION, "edit", "open", undefined],
];

test.each(ROWS)("row %#: what a role may not do is said", (who, action, place, words) => {
  const said = refusal(who, action, place);
  if (words) expect(said).toMatch(words);
  else expect(said).toBeUndefined();
});

test.each([
  ["/projects/default/flags/new-checkout?env=staging", ["Switch off", "Edit"]],
  ["/projects/default/flags/new-checkout?env=staging&tab=settings", ["Save", "Archive the flag"]],
  ["/projects/default/flags/new", ["Create the flag"]],
  ["/projects/default/plans", ["New plan"]],
  ["/projects/default/metrics", ["New metric"]],
  ["/projects/default/segments", ["New segment"]],
  ["/projects/default/environments", ["New environment", "Protect it"]],
  ["/projects/default/rollouts/new?env=staging", ["Review and start"]],
  ["/tokens", ["New token"]],
  ["/audit", ["Check the chain"]],
])("to whoever may only look, nothing is offered, and each button says why: %s", async (path, names) => {
  api = mockApi({ ...world(), "GET /api/v1/session": () => VIEWER });
  renderConsole(path);
  for (const name of names) {
    const button = await screen.findByRole("button", { name }, WAIT);
    await waitFor(() => expect(button.getAttribute("aria-description")).toMatch(/role, viewer, may not/), WAIT);
    expect(button.getAttribute("aria-disabled")).toBe("true");
    fireEvent.click(button);
  }
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(api.seen.filter((asked) => !asked.startsWith("GET"))).toEqual([]);
});

const PREVIEWS: [number, boolean][] = [
  [422, true],
  [409, true],
  [401, false],
  [408, false],
  [429, false],
  [503, false],
];

test.each(PREVIEWS)(
  "of a preview answered with %i it is %s that the start is not offered",
  async (status, isBlocked) => {
    api = mockApi(world());
    const plan = { key: "careful", treatment: "on", stages: [{ name: "all", percentage: 100 }] };
    api.use({
      "GET /api/v1/projects/{project}/plans": () => ({
        items: [{ key: "careful", plan, version: 1, created_at: AT, changed_at: AT }],
      }),
      "POST /api/v1/projects/{project}/rollouts/preview": () =>
        new Refusal(status, "start_refused", "The rollout cannot start", "The segment beta is not there."),
    });
    renderConsole("/projects/default/rollouts/new?env=staging&flag=new-checkout&plan=careful");
    // Beside what it will mean, and beside the button that is not offered.
    const times = isBlocked ? 2 : 1;
    await waitFor(() => expect(screen.getAllByText(/segment beta is not there/).length).toBe(times), WAIT);
    const button = screen.getByRole("button", { name: "Review and start" });
    expect(button.getAttribute("aria-disabled")).toBe(`${isBlocked}`);
    fireEvent.click(button);
    if (isBlocked) expect(screen.queryByRole("dialog")).toBeNull();
    else await screen.findByRole("dialog", {}, WAIT);
  },
);

const NEEDED = { kind: "needed", message: "cart needs it; take it out there first", gives_way: false };
const ASKED = { kind: "evaluated", message: "it was asked for an hour ago", gives_way: true };

test("a flag that others need cannot be archived, and says which", async () => {
  api = mockApi(world());
  api.use({
    "GET /api/v1/projects/{project}/flags/{flag}/staleness": () => ({ ...STALENESS, blockers: [ASKED, NEEDED] }),
  });
  renderConsole("/projects/default/flags/new-checkout?env=staging&tab=settings");
  const button = await screen.findByRole("button", { name: "Archive the flag" }, WAIT);
  await waitFor(() => expect(button.getAttribute("aria-description")).toBe(NEEDED.message), WAIT);
});

test("what speaks against archiving is shown, and set aside only with a reason", async () => {
  let sent: unknown;
  api = mockApi(world());
  api.use({
    "GET /api/v1/projects/{project}/flags/{flag}/staleness": () => ({ ...STALENESS, blockers: [ASKED] }),
    "POST /api/v1/projects/{project}/flags/{flag}/archive": ({ body }) => {
      sent = body;
      return FLAG;
    },
  });
  renderConsole("/projects/default/flags/new-checkout?env=staging&tab=settings");
  await waitFor(() => expect(api.seen.some((asked) => asked.endsWith("/staleness"))).toBe(true), WAIT);
  fireEvent.click(await screen.findByRole("button", { name: "Archive the flag" }, WAIT));
  await screen.findByText(ASKED.message, {}, WAIT);
  fireEvent.change(screen.getByLabelText("Type the name of the flag"), { target: { value: FLAG.key } });
  const archive = screen.getByRole("button", { name: "Archive" });
  expect((archive as HTMLButtonElement).disabled).toBe(true);
  fireEvent.change(screen.getByLabelText(/^Reason/), { target: { value: "the code is gone" } });
  fireEvent.click(archive);
  await waitFor(() => expect(sent).toEqual({ reason: "the code is gone", override: true }), WAIT);
});

const SCANNED = { kind: "references", message: "example/shop (main) has 2 references to it", gives_way: true };

test("what comes up while one is asked about archiving is shown before it is set aside", async () => {
  let found: Schemas["ArchiveBlocker"][] = [];
  const sent: unknown[] = [];
  api = mockApi(world());
  api.use({
    "GET /api/v1/projects/{project}/flags/{flag}/staleness": () => ({ ...STALENESS, blockers: found }),
    "POST /api/v1/projects/{project}/flags/{flag}/archive": ({ body }) => {
      sent.push(body);
      return FLAG;
    },
  });
  renderConsole("/projects/default/flags/new-checkout?env=staging&tab=settings");
  const button = await screen.findByRole("button", { name: "Archive the flag" }, WAIT);
  await waitFor(() => expect(api.seen.some((asked) => asked.endsWith("/staleness"))).toBe(true), WAIT);
  // Nobody has told the page: it looks anew when one asks.
  found = [ASKED];
  fireEvent.click(button);
  await screen.findByText(ASKED.message, {}, WAIT);
  fireEvent.change(screen.getByLabelText("Type the name of the flag"), { target: { value: FLAG.key } });
  fireEvent.change(screen.getByLabelText(/^Reason/), { target: { value: "the code is gone" } });
  found = [ASKED, SCANNED];
  fireEvent.click(screen.getByRole("button", { name: "Archive" }));
  await screen.findByText(/More speaks against it/, {}, WAIT);
  screen.getByText(SCANNED.message);
  expect(sent).toEqual([]);
  // What is no longer so needs no second look.
  found = [SCANNED];
  fireEvent.click(screen.getByRole("button", { name: "Archive" }));
  await waitFor(() => expect(sent).toEqual([{ reason: "the code is gone", override: true }]), WAIT);
});

test("what is wrong with a field of a new token is said under that field, and the rest beside none", async () => {
  const message = "must not have control characters";
  let errors = [{ path: "name", code: "forbidden_character", message }];
  api = mockApi(world());
  api.use({ "POST /api/v1/tokens": () => new Refusal(422, "invalid", "The body does not hold", "", errors) });
  renderConsole("/tokens");
  fireEvent.click(await screen.findByRole("button", { name: "New token" }, WAIT));
  const name = await screen.findByLabelText("Name", {}, WAIT);
  fireEvent.change(name, { target: { value: "ci" } });
  const submit = () => fireEvent.submit(name.closest("form") as HTMLFormElement);
  submit();
  const told = await screen.findByText(message, {}, WAIT);
  expect(name.getAttribute("aria-describedby")).toContain(told.id);
  expect(name.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole("combobox", { name: "Environment" }).getAttribute("aria-invalid")).not.toBe("true");
  errors = [{ path: "expires_at", code: "wrong_value", message: "must lie in the future" }];
  submit();
  await waitFor(() => expect(screen.getByRole("alert").textContent).toBe("expires_at must lie in the future"), WAIT);
  expect(name.getAttribute("aria-invalid")).not.toBe("true");
});
