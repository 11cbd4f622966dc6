/** The open environment, whether its changes arrive, the palette, and who one is. */
import { ActionIcon, Kbd, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import {
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMenu2,
  IconMoon,
  IconSearch,
  IconSun,
  IconUserCircle,
} from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, unwrap } from "~/api/client";
import type { Connection } from "~/api/live";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { setScheme, useSchemeChoice } from "~/ui/scheme";
import { EnvironmentSwitch } from "./EnvironmentSwitch";
import { shortcutHelp } from "./ShortcutHelp";
import styles from "./TopBar.module.css";

type Props = { project?: string; connection: Connection; onMenu: () => void };

export function TopBar({ project, connection, onMenu }: Props) {
  return (
    <header className={styles.bar}>
      <ActionIcon variant="subtle" color="gray" className={styles.menu} aria-label="Open the menu" onClick={onMenu}>
        <IconMenu2 size={18} />
      </ActionIcon>
      {project && <EnvironmentSwitch project={project} />}
      {project && <Live connection={connection} />}
      <span className="grow" />
      <UnstyledButton className={styles.search} onClick={spotlight.open}>
        <IconSearch size={14} />
        <span>Search or command</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
      <SchemeMenu />
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Keyboard shortcuts"
        onClick={shortcutHelp.open}
        className={styles.wide}
      >
        <IconKeyboard size={17} />
      </ActionIcon>
      <UserMenu />
    </header>
  );
}

const SAYS: Record<Connection, string> = {
  opening: "Connecting to the server's changes",
  live: "Live: changes appear by themselves",
  lost: "The server cannot be reached; what you see may be old",
};

function Live({ connection }: { connection: Connection }) {
  return (
    <Tooltip label={SAYS[connection]}>
      <span className={styles.live} data-state={connection} role="status">
        <span className={styles.wide}>{connection === "lost" ? "offline" : connection === "live" ? "live" : "…"}</span>
        <span className="visually-hidden">{SAYS[connection]}</span>
      </span>
    </Tooltip>
  );
}

function SchemeMenu() {
  const choice = useSchemeChoice();
  const icons = { light: <IconSun size={17} />, dark: <IconMoon size={17} />, system: <IconDeviceDesktop size={17} /> };
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="Light or dark">
          {icons[choice]}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(["light", "dark", "system"] as const).map((each) => (
          <Menu.Item key={each} leftSection={icons[each]} onClick={() => setScheme(each)}>
            {each === "system" ? "As the system" : each === "light" ? "Light" : "Dark"}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function UserMenu() {
  const { data: session } = useQuery(queries.session);
  const navigate = useNavigate();
  const client = useQueryClient();
  const leave = useMutate({
    run: () => unwrap(api.DELETE("/api/v1/session", { headers: { "content-type": "application/json" } })),
    touches: [],
    onSuccess: () => {
      client.clear();
      void navigate({ to: "/sign-in", search: { back: undefined } });
    },
  });
  return (
    <Menu position="bottom-end" width={220} shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Signed in as ${session?.name ?? ""}`}>
          <IconUserCircle size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <span className="user-text">{session?.name}</span>
          <span className="dim">
            {session?.role}
            {session?.project ? ` in ${session.project}` : ""}
          </span>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => leave.mutate(undefined)}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
