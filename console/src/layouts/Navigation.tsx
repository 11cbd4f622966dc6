/** Where one can go. On a phone it slides in. */
import {
  IconActivityHeartbeat,
  IconBoxMultiple,
  IconChartDots,
  IconFlag3,
  IconKey,
  IconListDetails,
  IconPlugConnected,
  IconRecycle,
  IconStairsUp,
  IconTrendingUp,
  IconUsersGroup,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import styles from "./Navigation.module.css";
import { ProjectMenu } from "./ProjectMenu";

type Item = { to: string; label: string; icon: ReactNode; key?: string };

const ICON = { size: 16, stroke: 1.7 } as const;

export const PROJECT_PAGES: Item[] = [
  { to: "/projects/$project/flags", label: "Flags", icon: <IconFlag3 {...ICON} />, key: "g f" },
  { to: "/projects/$project/rollouts", label: "Rollouts", icon: <IconTrendingUp {...ICON} />, key: "g r" },
  { to: "/projects/$project/stale", label: "Stale flags", icon: <IconRecycle {...ICON} />, key: "g c" },
  { to: "/projects/$project/plans", label: "Plans", icon: <IconStairsUp {...ICON} />, key: "g p" },
  { to: "/projects/$project/metrics", label: "Metrics", icon: <IconChartDots {...ICON} />, key: "g m" },
  { to: "/projects/$project/segments", label: "Segments", icon: <IconUsersGroup {...ICON} />, key: "g s" },
  { to: "/projects/$project/environments", label: "Environments", icon: <IconBoxMultiple {...ICON} />, key: "g e" },
  { to: "/projects/$project/services", label: "Services and features", icon: <IconPlugConnected {...ICON} /> },
];

export const GLOBAL_PAGES: Item[] = [
  { to: "/audit", label: "Audit log", icon: <IconListDetails {...ICON} />, key: "g a" },
  { to: "/tokens", label: "Tokens and members", icon: <IconKey {...ICON} />, key: "g t" },
  { to: "/system", label: "System health", icon: <IconActivityHeartbeat {...ICON} />, key: "g h" },
];

export function Navigation({ project, open, onClose }: { project?: string; open: boolean; onClose: () => void }) {
  return (
    <>
      {open && <button type="button" className={styles.shade} aria-label="Close the menu" onClick={onClose} />}
      <nav className={styles.nav} data-open={open} aria-label="Pages">
        <div className={styles.brand}>
          <img src="/favicon.svg" alt="" width={20} height={20} />
          <span>Hoist</span>
        </div>
        <ProjectMenu project={project} />
        {project && <Items items={PROJECT_PAGES} project={project} onClose={onClose} />}
        <div className={styles.rule} />
        <Items items={GLOBAL_PAGES} project={project} onClose={onClose} />
        <div className={styles.foot}>
          <a href="/kill">Kill page</a>
          <span className="dim">works without this console</span>
        </div>
      </nav>
    </>
  );
}

function Items({ items, project, onClose }: { items: Item[]; project?: string; onClose: () => void }) {
  return (
    <ul className={styles.items}>
      {items.map((item) => (
        <li key={item.to}>
          <Link
            to={item.to}
            params={{ project: project ?? "" }}
            search={(was: { env?: string }) => ({ env: was.env })}
            className={styles.item}
            activeProps={{ "aria-current": "page" }}
            activeOptions={{ includeSearch: false }}
            onClick={onClose}
          >
            {item.icon}
            <span className="clip">{item.label}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
