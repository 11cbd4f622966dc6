/** Whether a rollback has reached everybody: how long that took, or who still lags behind. */
import type { Schemas } from "~/api/client";
import { Age } from "~/ui/Age";
import { Panel } from "~/ui/Page";
import { Tag, type Tone } from "~/ui/Tag";
import { count, percent } from "~/util/number";
import { parseSpan, span } from "~/util/time";
import styles from "./RolloutPage.module.css";

type Report = Schemas["RolloutSafety"];

const STATUS: Record<string, { word: string; tone: Tone }> = {
  safe: { word: "safe", tone: "good" },
  watching: { word: "watching", tone: "warn" },
  unconfirmed: { word: "not confirmed", tone: "bad" },
};

export function Safety({ safety }: { safety: Report }) {
  const status = STATUS[safety.status];
  const stragglers = safety.stragglers ?? [];
  return (
    <Panel
      title={
        <span className="row">
          Has the rollback reached everybody?
          <Tag tone={status?.tone} dot>
            {status?.word ?? safety.status}
          </Tag>
        </span>
      }
      aside={
        <>
          generation <span className="num">{count(safety.generation)}</span>
          <Age at={safety.since} />
        </>
      }
    >
      <p>{sentence(safety)}</p>
      <dl className={styles.numbers}>
        <Fact label="Answers since" value={count(safety.answered)} />
        <Fact label="Still the old variant" value={count(safety.still)} />
        {safety.share !== null && safety.share !== undefined && (
          <Fact label="Of the latest answers" value={percent(safety.share * 100)} />
        )}
        <Fact label="Open streams" value={count(safety.streams)} />
        <Fact label="Not told yet" value={count(safety.behind)} />
        <Fact label="Servers that report" value={count(safety.servers)} />
      </dl>
      {stragglers.length > 0 && (
        <ul className={styles.stragglers} aria-label="Stragglers">
          {stragglers.map((words) => (
            <li key={words} className="user-text">
              {words}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}

/** Returns what is known, in one sentence. */
function sentence(safety: Report): string {
  const after = parseSpan(safety.safe_after ?? "");
  const within = `all but ${percent(safety.tolerance * 100)} of answers and streams`;
  const deadline = span(parseSpan(safety.deadline) ?? 0);
  if (safety.status === "safe" && after !== undefined)
    return `Nobody gets ${safety.variant} any more: ${within} had it ${span(after)} after the rollback was committed.`;
  if (safety.status === "watching")
    return safety.escalated_at
      ? `Not everybody has it back after ${deadline}; people were told. It is watched until ${within} have it.`
      : `It is watched until ${within} no longer get ${safety.variant}; after ${deadline} people are told.`;
  return `It was watched for as long as anybody watches, and ${safety.variant} was not seen to be gone. Look at those below.`;
}
