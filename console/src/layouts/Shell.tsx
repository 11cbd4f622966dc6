/** The frame of every page: navigation at the left, the environment and the palette on top. */
import { Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useLive } from "~/api/live";
import { useEnvironment } from "~/hooks/useEnvironment";
import { useOpenProject } from "~/hooks/useOpenProject";
import { Navigation } from "./Navigation";
import { Palette } from "./Palette";
import styles from "./Shell.module.css";
import { ShortcutHelp } from "./ShortcutHelp";
import { TopBar } from "./TopBar";

export function Shell() {
  const { project } = useParams({ strict: false });
  // Pages of no project still lead back to the one that one came from.
  const near = useOpenProject();
  const environment = useEnvironment(project);
  const connection = useLive(project, environment.key);
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  // Of the page that is there: the location itself moves while the page before it still has the focus.
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const was = useRef(pathname);
  useEffect(() => {
    const before = was.current;
    was.current = pathname;
    if (before === undefined || before === pathname) return;
    // Keys go on from the top of a page that was gone to, unless the page itself has said where.
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <Navigation project={near} open={open} onClose={() => setOpen(false)} />
      <div className={styles.side}>
        <TopBar project={project} connection={connection} onMenu={() => setOpen(true)} />
        <main id="main" ref={main} className={styles.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Palette project={near} />
      <ShortcutHelp />
    </div>
  );
}
