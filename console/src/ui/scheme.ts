/** Light, dark, or whatever the system says; kept in the browser. */
import { useSyncExternalStore } from "react";

export type Choice = "system" | "light" | "dark";
const KEY = "hoist.scheme";
const media = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function stored(): Choice {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

let choice = stored();

function shown(): "light" | "dark" {
  if (choice === "system") return media.matches ? "dark" : "light";
  return choice;
}

function tell() {
  // Before anybody looks: what draws on a canvas reads its colours from the page.
  document.documentElement.setAttribute("data-mantine-color-scheme", shown());
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  media.addEventListener("change", tell);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) media.removeEventListener("change", tell);
  };
}

export function setScheme(next: Choice) {
  choice = next;
  localStorage.setItem(KEY, next);
  tell();
}

/** Returns what was chosen. */
export function useSchemeChoice(): Choice {
  return useSyncExternalStore(subscribe, () => choice);
}

/** Returns what is shown. */
export function useScheme(): "light" | "dark" {
  return useSyncExternalStore(subscribe, shown);
}
