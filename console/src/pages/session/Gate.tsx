/** The frame of the pages before the sign-in. */
import type { ReactNode } from "react";
import styles from "./Gate.module.css";

export function Gate({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={styles.page}>
      <section className={styles.card}>
        <header className={styles.brand}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          <span>Hoist</span>
        </header>
        <h1>{title}</h1>
        {children}
      </section>
    </main>
  );
}
