/** The keys of the page, on `?`; and the ones of every page. */
import { Kbd, Modal } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useOpenProject } from "~/hooks/useOpenProject";
import { type Shortcut, useShortcutList, useShortcuts } from "~/hooks/useShortcut";
import { createStore } from "~/util/store";
import { GLOBAL_PAGES, PROJECT_PAGES } from "./Navigation";
import styles from "./ShortcutHelp.module.css";

const opened = createStore(false);
export const shortcutHelp = { open: () => opened.set(true) };

export function ShortcutHelp() {
  const isOpen = opened.use();
  const navigate = useNavigate();
  const project = useOpenProject();
  const pages = [...(project ? PROJECT_PAGES : []), ...GLOBAL_PAGES].flatMap((page): Shortcut[] =>
    page.key
      ? [
          {
            key: page.key,
            label: `Go to ${page.label.toLowerCase()}`,
            run: () =>
              void navigate({
                to: page.to,
                params: { project: project ?? "" },
                search: (was: { env?: string }) => ({ env: was.env }),
              }),
          },
        ]
      : [],
  );
  useShortcuts([...pages, { key: "?", label: "Show the keys", run: () => opened.set(true) }]);
  const all = useShortcutList();
  return (
    <Modal opened={isOpen} onClose={() => opened.set(false)} title="Keyboard" size="md">
      <dl className={styles.keys}>
        <Row keys="Ctrl+K" label="Search and commands" />
        {all.map((each) => (
          <Row key={`${each.key} ${each.label}`} keys={each.key} label={each.label} />
        ))}
      </dl>
    </Modal>
  );
}

function Row({ keys, label }: { keys: string; label: string }) {
  return (
    <div className={styles.row}>
      <dt>{label}</dt>
      <dd>
        {keys.split(" ").map((key) => (
          <Kbd key={key} size="xs">
            {key}
          </Kbd>
        ))}
      </dd>
    </div>
  );
}
