/** The stored trace of an evaluation as steps, in the order in which they were taken. */
import type { Schemas } from "~/api/client";
import { Tag } from "~/ui/Tag";
import { operator } from "./operators";
import styles from "./TraceView.module.css";

type ConditionTrace = {
  group?: { combine: string; outcome: string; members: ConditionTrace[] };
  test?: { attribute?: string; operator: string; negate: boolean; outcome?: string; actual?: unknown };
};

type Trace = {
  decided_by?: { by: string; index?: number; id?: string; rollout?: string };
  prerequisites?: { flag: string; expected: string[]; served?: string | null; met: boolean }[];
  rules?: { index: number; id: string; outcome: string; condition?: ConditionTrace | null }[];
  allocation?: { index: number; audience?: string | null; outcome: string }[];
  split?: { bucket?: number; [key: string]: unknown } | null;
};

const DECIDED: Record<string, string> = {
  unknown_flag: "There is no such flag",
  broken_flag: "The flag's definition is broken",
  kill_switch: "The flag is switched off",
  prerequisite: "A prerequisite is not met",
  rule: "A rule matched",
  allocation: "The rollout decided",
  default: "Nothing before the default decided",
  bounds: "The evaluation ran into its bounds",
};

export function TraceView({ result }: { result: Schemas["TriedOut"] }) {
  const trace = result.trace as Trace;
  const by = trace.decided_by;
  return (
    <div className="stack">
      <div className={styles.answer}>
        <code className={`${styles.value} user-text`} data-testid="value">
          {result.error ?? JSON.stringify(result.value)}
        </code>
        <dl className={styles.facts}>
          <div>
            <dt>Variant</dt>
            <dd className="mono user-text" data-testid="variant">
              {result.variant ?? "–"}
            </dd>
          </div>
          <div>
            <dt>Reason</dt>
            <dd className="mono" data-testid="reason">
              {result.reason}
            </dd>
          </div>
          <div>
            <dt>Generation</dt>
            <dd className="num">{result.generation}</dd>
          </div>
        </dl>
      </div>
      <p>
        <strong>{DECIDED[by?.by ?? ""] ?? by?.by}</strong>
        {by?.id ? ` (rule ${(by.index ?? 0) + 1}, ${by.id})` : ""}
      </p>
      <ol className={styles.steps}>
        {(trace.prerequisites ?? []).map((each) => (
          <Step
            key={each.flag}
            outcome={each.met ? "true" : "false"}
            text={`Prerequisite ${each.flag}: wants ${each.expected.join(" or ")}, got ${each.served ?? "an error"}`}
          />
        ))}
        {(trace.rules ?? []).map((rule) => (
          <Step key={rule.id} outcome={rule.outcome} text={`Rule ${rule.index + 1} (${rule.id})`}>
            {rule.condition && <Condition condition={rule.condition} />}
          </Step>
        ))}
        {(trace.allocation ?? []).map((entry) => (
          <Step
            key={entry.index}
            outcome={entry.outcome}
            text={entry.audience ? `Rollout, segment ${entry.audience}` : "Rollout, everyone"}
          />
        ))}
        {trace.split && <Step outcome="true" text={`Split: bucket ${String(trace.split.bucket ?? "?")} of 100,000`} />}
      </ol>
    </div>
  );
}

function Step({ outcome, text, children }: { outcome: string; text: string; children?: React.ReactNode }) {
  const holds = outcome === "true" || outcome === "match" || outcome === "matched" || outcome === "yes";
  const absent = outcome === "absent" || outcome === "unknown";
  return (
    <li className={styles.step}>
      <Tag tone={holds ? "good" : absent ? "warn" : "quiet"}>{holds ? "yes" : absent ? "absent" : "no"}</Tag>
      <div>
        <span className="user-text">{text}</span>
        {children}
      </div>
    </li>
  );
}

function Condition({ condition }: { condition: ConditionTrace }) {
  const { group, test } = condition;
  if (group) {
    return (
      <ul className={styles.members}>
        <li className="dim">{group.combine} of</li>
        {group.members.map((member, index) => (
          <li key={index}>
            <Condition condition={member} />
          </li>
        ))}
      </ul>
    );
  }
  if (!test) return null;
  const known = operator(test.operator);
  return (
    <span className={`${styles.test} user-text`}>
      {test.attribute ?? ""} {test.negate ? known.not : known.words}: {test.outcome ?? ""}
    </span>
  );
}
