/** What a rollout will mean, as the server works it out from today's traffic: whom it reaches, how long it takes, what
    would be missed, and what each query answers now. */
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "~/api/client";
import { sentence } from "~/api/errors";
import * as queries from "~/api/queries";
import { Diff } from "~/components/Diff";
import { limitWords } from "~/components/GuardWords";
import { useLater } from "~/hooks/useLater";
import { Tag, type Tone } from "~/ui/Tag";
import { count, measure, percent } from "~/util/number";
import { parseSpan, span } from "~/util/time";
import styles from "./StartRolloutPage.module.css";

type Plan = Schemas["Plan"];
type Told = Schemas["RolloutPreview"];
type Stage = Schemas["StagePreview"];
type Props = {
  asked: Asked;
  plan: Plan;
  served: Schemas["FlagEnvironment"] | undefined;
  isProtected: boolean;
};

const SETTLE_MS = 300;

/** Returns the shortest time in which a plan can be through: every bake, without a wait. */
export function shortest(plan: Plan): number {
  return plan.stages.reduce((sum, stage) => sum + (parseSpan(stage.bake ?? "0s") ?? 0), 0);
}

/** What the server was asked about a start, and has answered so far. */
export type Asked = {
  told: Told | undefined;
  error: Error | null;
  isAsking: boolean;
};

/** Asks the server what a start would mean; of nothing that is not chosen yet. */
export function usePreview(project: string, asking: Partial<queries.Asking>): Asked {
  const { flag, environment, plan, overlap } = asking;
  // A plan that is being edited is asked about when the typing pauses.
  const settled = useLater(plan, SETTLE_MS);
  const isChosen = Boolean(environment && flag && settled);
  const body = { flag: flag ?? "", environment: environment ?? "", plan: settled as Plan, overlap };
  const { data, error, isFetching } = useQuery({ ...queries.preview(project, body), enabled: isChosen });
  return isChosen ? { told: data, error, isAsking: isFetching } : { told: undefined, error: null, isAsking: false };
}

export function Preview({ asked, plan, served, isProtected }: Props) {
  const { told, error, isAsking } = asked;
  return (
    <div className="stack" aria-busy={isAsking}>
      <Summary plan={plan} served={served} told={told} isProtected={isProtected} />
      {error && (
        <p role="alert" className={styles.refused}>
          The server cannot say more: {sentence(error)}
        </p>
      )}
      {told && !error && <Notes notes={told.notes} />}
      {told && !error && <Stages told={told} />}
      {told && !error && told.guards.length > 0 && <Checks guards={told.guards} />}
      {served && (
        <div>
          <h3 className={styles.head}>What changes in the flag at its first stage</h3>
          <Diff {...difference(plan, served)} />
        </div>
      )}
    </div>
  );
}

/** Returns what the flag serves before the start and at the first stage, as people say it. */
export function difference(plan: Plan, served: Schemas["FlagEnvironment"]) {
  const [first] = plan.stages;
  const before = { default: served.targeting.default, rollout: served.allocation ?? "nobody gets anything by it" };
  const whom = first?.audience ? `segment ${first.audience}` : "everyone whom no rule answers";
  const rollout = first && `${percent(first.percentage)} of ${whom} gets ${first.variant ?? plan.treatment}`;
  return { before, after: { ...before, rollout: rollout ?? before.rollout } };
}

function Summary({
  plan,
  served,
  told,
  isProtected,
}: Pick<Props, "plan" | "served" | "isProtected"> & { told?: Told }) {
  const [first] = plan.stages;
  const approvals = plan.stages.filter((stage) => stage.gate === "approval").map((stage) => stage.name);
  const backs = (plan.guards ?? []).filter((guard) => (guard.on_breach ?? "roll_back") === "roll_back");
  const expected = parseSpan(told?.expected ?? "");
  return (
    <ul className={styles.facts}>
      <li>
        <span>Reaches at first</span>
        <span className="user-text">
          <strong>{told?.stages[0] ? reach(told.stages[0]) : percent(first?.percentage ?? 0)}</strong>
          {first?.audience ? ` of segment ${first.audience}` : ""}; rules of the flag come before it
        </span>
      </li>
      <li>
        <span>Today’s traffic</span>
        <span>{told ? traffic(told) : "…"}</span>
      </li>
      <li>
        <span>Takes at least</span>
        <span>
          {expected === undefined ? `${span(shortest(plan))} of observed health` : span(expected)} if nothing is wrong;
          longer while a guard has no data or cannot be sure
        </span>
      </li>
      <li>
        <span>Taken back by</span>
        <span className="user-text">
          {backs.length > 0
            ? backs.map((guard) => `${guard.metric} ${limitWords(guard.limit)}`).join("; ")
            : "people only"}
        </span>
      </li>
      {approvals.length > 0 && (
        <li>
          <span>Waits for people at</span>
          <span className="user-text">{approvals.join(", ")}</span>
        </li>
      )}
      {served && !served.targeting.enabled && (
        <li>
          <span>Switched off</span>
          <span>The flag is off here, so that nobody would get anything by the rollout.</span>
        </li>
      )}
      {isProtected && (
        <li>
          <span>Protected</span>
          <span>The environment must be named before it starts.</span>
        </li>
      )}
    </ul>
  );
}

function traffic({ evaluations_per_second: each, units_per_hour: units }: Told): string {
  const parts = [
    each === null || each === undefined ? "" : `${measure(each, "")} evaluations a second`,
    units === null || units === undefined ? "" : `${count(units)} units an hour`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "not known: nobody has asked this server for the flag lately";
}

/** Returns whom a stage reaches, such as `about 500 units, 1,200 requests an hour`. */
function reach(stage: Stage): string {
  const about = stage.at_most ? "at most" : "about";
  const { units_per_hour: units, requests_per_hour: requests } = stage;
  const parts = [
    units === null || units === undefined ? "" : `${count(units)} units`,
    requests === null || requests === undefined ? "" : `${count(requests)} requests`,
  ].filter(Boolean);
  return parts.length > 0 ? `${about} ${parts.join(", ")} an hour` : `${percent(stage.percentage)}, number not known`;
}

const SEVERITIES: Record<string, { word: string; tone: Tone }> = {
  blocks: { word: "in the way", tone: "bad" },
  doubt: { word: "doubt", tone: "warn" },
  unknown: { word: "not known", tone: "quiet" },
};

function Notes({ notes }: { notes: Schemas["Note"][] }) {
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes} aria-label="What to know before the start">
      {notes.map((note) => {
        const words = SEVERITIES[note.severity];
        return (
          <li key={`${note.severity} ${note.stage} ${note.guard} ${note.message}`}>
            <Tag tone={words?.tone} dot>
              {words?.word ?? note.severity}
            </Tag>
            <span className="user-text">
              {[note.stage, note.guard].filter(Boolean).join(", ")}
              {note.stage || note.guard ? ": " : ""}
              {note.message}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Stages({ told }: { told: Told }) {
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className="visually-hidden">What each stage would be</caption>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Reaches</th>
            <th scope="col">Takes at least</th>
            <th scope="col">Would find {measure(told.regression, "")} times worse</th>
          </tr>
        </thead>
        <tbody>
          {told.stages.map((stage) => (
            <tr key={stage.name}>
              <th scope="row" className="user-text">
                {stage.name}
              </th>
              <td data-head="Reaches">{reach(stage)}</td>
              <td data-head="Takes at least">{time(stage.expected) ?? "not known"}</td>
              <td data-head={`Would find ${measure(told.regression, "")} times worse`}>
                {stage.guards.map((guard) => (
                  <div key={guard.guard}>
                    <span className="mono">{guard.guard}</span> {finds(guard)}
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function time(text: string | null | undefined): string | undefined {
  const ms = parseSpan(text ?? "");
  return ms === undefined ? undefined : span(ms);
}

const JUDGED: Record<string, string> = {
  no_control: "has no control here, and is only shown",
  unknown: "cannot be said: its traffic is not known",
};

/** Returns how soon a guard finds a regression, and what it would miss. */
export function finds(guard: Schemas["GuardAtStage"]): string {
  const { detection, smallest, judged } = guard;
  if (!detection) return JUDGED[judged] ?? "would not find it";
  const treated = detection.treated ? `, ${count(detection.treated)} treated` : "";
  const missed = smallest ? `; misses less than ${measure(smallest, "")} times` : "";
  return `in ${time(detection.time)}${treated}${missed}`;
}

/** What each guard's query answers about everyone now: a rollout on a query that answers nothing would hold. */
function Checks({ guards }: { guards: Schemas["GuardPreview"][] }) {
  return (
    <div>
      <h3 className={styles.head}>What the queries answer now</h3>
      <ul className={styles.notes}>
        {guards.map((guard) => {
          const { word, tone, words } = check(guard);
          return (
            <li key={guard.guard}>
              <Tag tone={tone} dot>
                {word}
              </Tag>
              <span className="user-text">
                <span className="mono">{guard.guard}</span> on {guard.metric}: {words}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

type Answer = { value?: { value: number }; counters?: { events: number; total: number } };

/** Returns what a query answers, in words. */
export function check(guard: Schemas["GuardPreview"]): { word: string; tone: Tone; words: string } {
  const rates =
    guard.per_second === null || guard.per_second === undefined
      ? ""
      : `; ${measure(guard.per_second, "")} a second, ${measure(guard.rate, "ratio")} of them events`;
  if (!guard.now) return { word: "tracked", tone: "quiet", words: `events that programs report${rates}` };
  const [kind = ""] = Object.keys(guard.now);
  const { value, counters } = guard.now as Answer;
  if (value) return { word: "answers", tone: "good", words: `${measure(value.value, "")}${rates}` };
  if (counters)
    return { word: "answers", tone: "good", words: `${count(counters.events)} of ${count(counters.total)}${rates}` };
  if (kind === "missing") return { word: "nothing", tone: "warn", words: "the query answers nothing about anybody" };
  if (kind === "arms") return { word: "answers", tone: "good", words: `both arms${rates}` };
  const why = JSON.stringify(Object.values(guard.now)[0]).replaceAll(/["{}]/g, "").replaceAll("_", " ");
  return { word: kind, tone: "bad", words: why };
}
