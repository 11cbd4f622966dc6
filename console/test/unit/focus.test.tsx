// @vitest-environment jsdom
/** Keys go on in the page that was gone to. */
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { type Mock, mockApi } from "../mock/api";
import { renderConsole } from "../mock/render";
import { world } from "../mock/world";

const WAIT = { timeout: 10_000 };

let api: Mock;

afterEach(() => {
  cleanup();
  api.restore();
});

/** Where the link is within its page: the focus goes with it when the page does. */
const LINKS: [string, "main" | "navigation"][] = [
  ["of the page itself", "main"],
  ["of the navigation", "navigation"],
];

test.each(LINKS)("a link %s leads the focus into the page behind it", async (_, place) => {
  api = mockApi(world());
  renderConsole("/projects/default/flags/new-checkout?env=staging");
  await screen.findByRole("heading", { name: "new-checkout", level: 1 }, WAIT);
  const main = screen.getByRole("main");
  // A page that is opened at its address starts at the top of the window, where one can skip to it.
  expect(document.activeElement).toBe(document.body);
  const links = screen.getAllByRole("link", { name: "Flags" });
  const link = links.find((each) => main.contains(each) === (place === "main")) as HTMLElement;
  link.focus();
  fireEvent.click(link);
  await screen.findByRole("heading", { name: "Flags", level: 1 }, WAIT);
  await waitFor(() => expect(document.activeElement).toBe(main), WAIT);
});
