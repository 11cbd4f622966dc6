/** What will be different, place by place and then line by line. */
import { diffLines } from "diff";
import { useState } from "react";
import { canonical, changesOf, type Json } from "~/util/changes";
import styles from "./Diff.module.css";

const LONG = 120;

export function Diff({ before, after }: { before: unknown; after: unknown }) {
  const [lines, setLines] = useState(false);
  const changes = changesOf(before as Json, after as Json);
  if (changes.length === 0) return <p className="dim">Nothing is different.</p>;
  return (
    <div className={styles.diff}>
      <ul className={styles.changes} aria-label="Changes">
        {changes.map((change) => (
          <li key={change.path.join("/")}>
            <span className={`${styles.path} user-text`}>{change.path.join(" › ") || "everything"}</span>
            <span className={styles.values}>
              {change.before !== undefined && <del className="user-text">{brief(change.before)}</del>}
              {change.after !== undefined ? (
                <ins className="user-text">{brief(change.after)}</ins>
              ) : (
                <span className="dim">removed</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      <button type="button" className={styles.more} aria-expanded={lines} onClick={() => setLines(!lines)}>
        {lines ? "Hide the lines" : "Show every line"}
      </button>
      {lines && <Lines before={before} after={after} />}
    </div>
  );
}

function brief(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}

/** Returns JSON with its members in order, so that only differences differ. */
function pretty(value: unknown): string {
  return value === undefined || value === null ? "" : JSON.stringify(JSON.parse(canonical(value as Json)), null, 2);
}

function Lines({ before, after }: { before: unknown; after: unknown }) {
  const parts = diffLines(pretty(before), pretty(after));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <pre className={styles.lines} tabIndex={0}>
      {parts.map((part, index) => (
        <span key={index} data-kind={part.added ? "added" : part.removed ? "removed" : "same"}>
          {part.value}
        </span>
      ))}
    </pre>
  );
}
