/** What the palette offers on the page that is open. The keys of a page are its commands. */
import { useMemo } from "react";
import { useShortcutList } from "./useShortcut";

export function usePageCommands() {
  const list = useShortcutList();
  return useMemo(() => list.filter((each) => !each.key.startsWith("g ") && each.key !== "?" && !each.disabled), [list]);
}
