/** The head of a page, and what is under it. */
import type { ReactNode } from "react";
import styles from "./Page.module.css";

type Props = {
  title: ReactNode;
  crumb?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  fill?: boolean;
  children: ReactNode;
};

export function Page({ title, crumb, note, actions, fill, children }: Props) {
  return (
    <div className={styles.page} data-fill={fill}>
      <header className={styles.head}>
        <div className={styles.words}>
          {crumb && <div className={styles.crumb}>{crumb}</div>}
          <h1>{title}</h1>
          {note && <div className={styles.note}>{note}</div>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      <div className={styles.body}>{children}</div>
    </div>
  );
}

/** A part of a page, with a line around it. */
export function Panel({
  title,
  aside,
  children,
  flush,
}: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}) {
  return (
    <section className={styles.panel}>
      {(title || aside) && (
        <header className={styles.panelHead}>
          {title && <h2>{title}</h2>}
          {aside && <div className={styles.aside}>{aside}</div>}
        </header>
      )}
      <div className={styles.panelBody} data-flush={flush}>
        {children}
      </div>
    </section>
  );
}
