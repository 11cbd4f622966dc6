/** Records of the audit log: who did what, when and why; and on demand what was different. */
import { useState } from "react";
import type { Schemas } from "~/api/client";
import { Age } from "~/ui/Age";
import { Tag } from "~/ui/Tag";
import { moment } from "~/util/time";
import styles from "./AuditList.module.css";
import { Diff } from "./Diff";

type Entry = Schemas["AuditEntry"];

export function AuditList({ entries, wide }: { entries: Entry[]; wide?: boolean }) {
  return (
    <ol className={styles.list}>
      {entries.map((entry) => (
        <Row key={entry.seq} entry={entry} wide={wide} />
      ))}
    </ol>
  );
}

function Row({ entry, wide }: { entry: Entry; wide?: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <li className={styles.entry}>
      <button type="button" className={styles.line} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className={`${styles.seq} num`}>{entry.seq}</span>
        <span className={styles.when}>
          <Age at={entry.at} />
        </span>
        <span className={`${styles.actor} clip user-text`}>{entry.actor}</span>
        <Tag>{entry.action}</Tag>
        <span className={`${styles.subject} clip`}>
          {wide && <span className="dim">{entry.subject_kind} </span>}
          <span className="mono user-text">{entry.subject}</span>
          {entry.environment && <span className="dim"> in {entry.environment}</span>}
        </span>
        <span className={`${styles.reason} clip user-text dim`}>{entry.reason}</span>
      </button>
      {open && (
        <div className={styles.more}>
          <p className="dim num">
            {moment(entry.at)} · {entry.actor_kind}
            {entry.token ? ` · token ${entry.token}` : ""} · <span className="mono">{entry.hash.slice(0, 16)}…</span>
          </p>
          {entry.reason && <p className="user-text">{entry.reason}</p>}
          <Diff before={entry.before ?? undefined} after={entry.after ?? undefined} />
        </div>
      )}
    </li>
  );
}
