/** A guard of a rollout: what it says in words, its curve, and the numbers that it rests on. */
import type { Schemas } from "~/api/client";
import { Age } from "~/ui/Age";
import { Meter } from "~/ui/Meter";
import { Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { count, measure } from "~/util/number";
import { armsOf, type Combined, type Compared, evidenceShare, type GuardFacts, verdictWords } from "./facts";
import { GuardChart } from "./GuardChart";
import styles from "./GuardPanel.module.css";
import { limitWords } from "./GuardWords";
import type { GuardSeries, Mark } from "./series";
import { VERDICTS } from "./words";

type Props = {
  guard: Schemas["Guard"];
  progress: Schemas["GuardProgress"] | undefined;
  facts: GuardFacts | undefined;
  combined: Combined | null;
  series: GuardSeries | undefined;
  marks: Mark[];
};

export function GuardPanel({ guard, progress, facts, combined, series, marks }: Props) {
  const last = series?.points.at(-1);
  const verdict = progress?.verdict ?? facts?.verdict ?? last?.verdict;
  const words = verdict ? VERDICTS[verdict] : undefined;
  return (
    <Panel
      title={
        <span className="row">
          <span className="mono">{guard.key}</span>
          {words && (
            <Tag tone={words.tone} dot>
              {words.word}
            </Tag>
          )}
        </span>
      }
      aside={
        <>
          <span className="user-text">
            {guard.metric} {limitWords(guard.limit)}
          </span>
          {progress?.read_at && <Age at={progress.read_at} />}
        </>
      }
    >
      {series && series.points.length > 0 ? (
        <GuardChart series={series} marks={marks} isCompared={guard.limit != null && "control" in guard.limit} />
      ) : (
        <p className="dim">
          No reading yet. The guard asks for {guard.metric} every {guard.interval ?? "30 s"}.
        </p>
      )}
      {facts && <Facts facts={facts} combined={combined} />}
    </Panel>
  );
}

function Facts({ facts, combined }: { facts: GuardFacts; combined: Combined | null }) {
  const { compared } = facts;
  const harm = compared
    ? evidenceShare(combined?.log_evidence, combined?.log_needed)
    : evidenceShare(facts.log_evidence, facts.log_needed);
  const safe = evidenceShare(compared?.log_safe, compared?.log_safe_needed);
  return (
    <div className={styles.facts}>
      <p>
        <span className="mono">{facts.guard}</span> {verdictWords(facts)}.
      </p>
      {compared && <Arms compared={compared} unit={facts.unit} />}
      {facts.intervals && facts.intervals.refused > 0 && (
        <p>
          {count(facts.intervals.refused)} of {count(facts.intervals.judged + facts.intervals.refused)} intervals
          refused: their counts cannot be.
        </p>
      )}
      {harm !== null && (
        <Meter
          label={compared ? "Evidence of harm, all guards" : "Evidence of harm"}
          share={harm}
          of="of what makes a breach"
          tone="bad"
        />
      )}
      {safe !== null && (
        <Meter label="Evidence of safety" share={safe} of="of what lets the stage be left" tone="good" />
      )}
    </div>
  );
}

/** What both arms had at the stage, and their ratio with what is plausible. */
function Arms({ compared, unit }: { compared: Compared; unit: string }) {
  const [treated, control] = sidesOf(compared, unit);
  const { estimate, lower, upper } = compared.ratio;
  const { treatment_capped_share: cutOfTreated, control_capped_share: cutOfControl } = compared.values ?? {};
  return (
    <dl className={styles.arms}>
      <div>
        <dt>Treated</dt>
        <dd className="num">{treated}</dd>
      </div>
      <div>
        <dt>Control</dt>
        <dd className="num">{control}</dd>
      </div>
      <div>
        <dt>Times the control</dt>
        <dd className="num">
          {measure(estimate, "")}{" "}
          <span className="dim">
            {lower === null && upper === null
              ? "anything is plausible yet"
              : `${measure(lower ?? 0, "")} to ${upper === null ? "any" : measure(upper, "")}, ${measure(1 - compared.alpha, "ratio")} sure`}
          </span>
        </dd>
      </div>
      {cutOfTreated !== undefined && cutOfControl !== undefined && (
        <div>
          <dt>Cut at the cap</dt>
          <dd className="num">
            {measure(cutOfTreated, "ratio")} of the treated values, {measure(cutOfControl, "ratio")} of the control's
          </dd>
        </div>
      )}
    </dl>
  );
}

/** Returns the treatment and the control in words: events of opportunities, or a value over so many units. */
function sidesOf(compared: Compared, unit: string): [string, string] {
  const { values } = compared;
  if (values) {
    const over = (level: number, units: number) => `${measure(level, unit)} over ${count(units)}`;
    return [over(values.treatment_level, values.treatment.units), over(values.control_level, values.control.units)];
  }
  const arms = armsOf(compared);
  const part = (x = 0, n = 0) => `${count(x)} of ${count(n)}${n > 0 ? ` (${measure(x / n, "ratio")})` : ""}`;
  return [part(arms?.x_treatment, arms?.n_treatment), part(arms?.x_control, arms?.n_control)];
}
