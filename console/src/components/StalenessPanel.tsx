/** Whether a flag has done its work: the verdict, what it rests on, and what stands between the flag and the archive. */
import type { ReactNode } from "react";
import type { Schemas } from "~/api/client";
import { Age } from "~/ui/Age";
import { Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { count } from "~/util/number";
import { SnoozeButton } from "./SnoozeButton";
import styles from "./StalenessPanel.module.css";
import { REASONS, SEVERITIES, verdictOf } from "./staleness";

type Judged = Schemas["Staleness"];

export function StalenessPanel({
  project,
  judged,
  title,
  children,
}: {
  project: string;
  judged: Judged;
  title: ReactNode;
  children?: ReactNode;
}) {
  const verdict = verdictOf(judged);
  return (
    <Panel
      title={
        <span className="row">
          {title}
          <Tag tone={verdict.tone} dot>
            {verdict.word}
          </Tag>
        </span>
      }
      aside={
        <>
          <span className="user-text">{judged.owner || "nobody"}</span>
          <SnoozeButton project={project} judged={judged} />
        </>
      }
    >
      <div className="stack tight">
        <Facts judged={judged} />
        <Findings judged={judged} />
        <Blockers judged={judged} />
        {children}
      </div>
    </Panel>
  );
}

function Facts({ judged }: { judged: Judged }) {
  const { frozen, cleanup, snooze } = judged;
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Last asked for</dt>
        <dd>{judged.evaluated_at ? <Age at={judged.evaluated_at} /> : "never, as far as is known"}</dd>
      </div>
      <div>
        <dt>In the code</dt>
        <dd>{typeof judged.references === "number" ? `${count(judged.references)} places` : "never scanned"}</dd>
      </div>
      {frozen && (
        <div>
          <dt>Everywhere serves</dt>
          <dd className="user-text">
            {frozen.variant} since <Age at={frozen.since} />
          </dd>
        </div>
      )}
      {judged.ready_at && (
        <div>
          <dt>Done its work</dt>
          <dd>
            <Age at={judged.ready_at} />
          </dd>
        </div>
      )}
      {cleanup && (
        <div>
          <dt>Cleanup</dt>
          <dd>
            <Address url={cleanup.url}>{cleanup.repository}</Address>
          </dd>
        </div>
      )}
      {snooze && (
        <div>
          <dt>Snoozed by {snooze.by}</dt>
          <dd className="user-text">
            until <Age at={snooze.until} />: {snooze.reason}
          </dd>
        </div>
      )}
    </dl>
  );
}

/** An address that people gave is followed only if it is one of the web. */
function Address({ url, children }: { url: string; children: ReactNode }) {
  if (!/^https?:\/\//i.test(url)) return <span className="user-text">{children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className="user-text">
      {children}
    </a>
  );
}

/** What is said of a flag about which nothing was found. */
const QUIET: Record<string, string> = {
  watching: "Everybody gets the same. If that stays so, it has done its work on the day above.",
  archived: "It is archived.",
};

function Findings({ judged }: { judged: Judged }) {
  if (judged.findings.length === 0)
    return <p className="dim">{judged.exempt ?? QUIET[judged.state] ?? "Nothing was found: the flag is in use."}</p>;
  return (
    <ul className={styles.list} aria-label="Findings">
      {judged.findings.map((finding) => (
        <li key={finding.reason}>
          <Tag tone={SEVERITIES[finding.severity]}>{finding.severity}</Tag>
          <div>
            <p>
              {REASONS[finding.reason] ?? finding.reason}, since <Age at={finding.since} />
            </p>
            {finding.evidence.map((evidence) => (
              <p key={evidence.message} className="dim user-text">
                {evidence.message}, <Age at={evidence.at} />
              </p>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Blockers({ judged }: { judged: Judged }) {
  if (judged.state === "live" || judged.state === "archived" || judged.blockers.length === 0) return null;
  return (
    <div>
      <p className="dim">Before it can be archived:</p>
      <ul className={styles.blockers} aria-label="Before it can be archived">
        {judged.blockers.map((blocker) => (
          <li key={blocker.message} className="user-text">
            {blocker.message}
          </li>
        ))}
      </ul>
    </div>
  );
}
