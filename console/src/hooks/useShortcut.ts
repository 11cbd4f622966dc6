/** Keys of a page. A page says what its keys do, and the help lists them. */
import { useEffect, useRef, useSyncExternalStore } from "react";

export type Shortcut = { key: string; label: string; run: () => void; disabled?: boolean };

const shown = new Map<symbol, Shortcut[]>();
const listeners = new Set<() => void>();
let list: Shortcut[] = [];

function publish() {
  list = [...shown.values()].flat();
  for (const listener of listeners) listener();
}

/** Returns every key that does something now. */
export function useShortcutList(): Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => list,
  );
}

/** Whether the person is writing, so that letters are letters. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest("dialog, [role=dialog]") !== null
  );
}

/** Binds keys such as `k`, `?` or `g f` (one after the other) while the caller is shown. */
export function useShortcuts(shortcuts: Shortcut[]) {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = shortcuts.map((each) => `${each.key}:${each.label}`).join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names say whether the list has changed.
  useEffect(() => {
    const id = Symbol("shortcuts");
    shown.set(id, latest.current);
    publish();
    let first = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const pressed = first ? `${first} ${event.key}` : event.key;
      const hit =
        latest.current.find((each) => each.key === pressed) ?? latest.current.find((each) => each.key === event.key);
      clearTimeout(timer);
      first = "";
      if (hit && !hit.disabled) {
        event.preventDefault();
        hit.run();
      } else if (latest.current.some((each) => each.key.startsWith(`${event.key} `))) {
        first = event.key;
        timer = setTimeout(() => {
          first = "";
        }, 900);
      }
    };
    window.addEventListener("keydown", press);
    return () => {
      window.removeEventListener("keydown", press);
      clearTimeout(timer);
      shown.delete(id);
      publish();
    };
  }, [names]);
}
