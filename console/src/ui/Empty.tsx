/** A place with nothing in it, which says what belongs there. */
import type { ReactNode } from "react";
import styles from "./Empty.module.css";

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className={styles.empty}>
      <h2>{title}</h2>
      <div className={styles.body}>{children}</div>
    </section>
  );
}
