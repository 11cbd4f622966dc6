/** A word with a colour that means something. Contrast is ours, so every tone passes in both schemes. */
import type { ReactNode } from "react";
import styles from "./Tag.module.css";

export type Tone = "accent" | "good" | "warn" | "bad" | "quiet";

export function Tag({ tone = "quiet", dot, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={styles.tag} data-tone={tone} data-dot={dot}>
      {children}
    </span>
  );
}
