/** A rollout: where it is, why it waits, what each guard sees, and what can be asked of it. */
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schemas } from "~/api/client";
import { before as decisionsBefore, decisions as decisionsOf } from "~/api/decisions";
import { useLive } from "~/api/live";
import * as queries from "~/api/queries";
import { DecisionList } from "~/components/DecisionList";
import { missing, rationaleOf, standingOf } from "~/components/facts";
import { GuardPanel } from "~/components/GuardPanel";
import { KillButton } from "~/components/KillButton";
import { Staircase } from "~/components/Staircase";
import { marksOf, seriesOf } from "~/components/series";
import { PHASES } from "~/components/words";
import { useEnvironment } from "~/hooks/useEnvironment";
import { Age } from "~/ui/Age";
import { Page, Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { count, percent } from "~/util/number";
import { parseSpan, span } from "~/util/time";
import { isOver } from "./actions";
import { RolloutActions } from "./RolloutActions";
import styles from "./RolloutPage.module.css";
import { causeWord } from "./RolloutsPage";
import { Safety } from "./Safety";

type Rollout = Schemas["Rollout"];
type Decision = Schemas["Decision"];
const NONE: Decision[] = [];
const NO_LOOKS: Schemas["Look"][] = [];

export function RolloutPage() {
  const { project, rollout: id } = useParams({ from: "/shell/projects/$project/rollouts/$rollout" });
  const { data } = useQuery(queries.rollout(project, id));
  const { data: decisions = NONE } = useQuery(decisionsOf(project, id));
  const { data: looks = NO_LOOKS } = useQuery(queries.looks(project, id));
  const { data: environments = [] } = useQuery(queries.environments(project));
  const rollout = data?.value;
  const { key: open } = useEnvironment(project);
  // The open environment is followed already: the rollout's own only if it is another one.
  useLive(project, rollout?.environment === open ? undefined : rollout?.environment);
  const series = useMemo(() => seriesOf(looks, decisions), [looks, decisions]);
  const marks = useMemo(() => marksOf(decisions), [decisions]);
  if (!rollout) return null;
  const standing = standingOf(rollout, decisions);
  const phase = PHASES[rollout.phase];
  const isProtected = environments.find((each) => each.key === rollout.environment)?.protected ?? false;
  return (
    <Page
      title={<span className="mono">{rollout.flag}</span>}
      crumb={
        <>
          <Link to="/projects/$project/rollouts" params={{ project }}>
            Rollouts
          </Link>
          <span>/</span>
          <Link to="/projects/$project/flags/$flag" params={{ project, flag: rollout.flag }}>
            {rollout.flag}
          </Link>
        </>
      }
      note={
        <>
          <Tag tone={phase.tone} dot>
            {phase.word}
          </Tag>
          <span>in {rollout.environment}</span>
          <span className="user-text">plan {rollout.plan.title || rollout.plan.key}</span>
          <span>
            started by <span className="user-text">{rollout.started_by}</span> <Age at={rollout.started_at} />
          </span>
        </>
      }
      actions={
        <>
          <RolloutActions rollout={rollout} isProtected={isProtected} />
          <KillButton project={project} flag={rollout.flag} environment={rollout.environment} />
        </>
      }
    >
      <Now rollout={rollout} decisions={decisions} />
      {rollout.safety && <Safety safety={rollout.safety} />}
      <Panel>
        <Staircase
          stages={rollout.plan.stages}
          progress={rollout.stage}
          passed={passed(rollout, decisions)}
          tone={phase.tone}
        />
      </Panel>
      <div className={styles.guards}>
        {(rollout.plan.guards ?? []).map((guard) => (
          <GuardPanel
            key={guard.key}
            guard={guard}
            progress={rollout.stage?.guards.find((each) => each.guard === guard.key)}
            facts={standing.guards.find((each) => each.guard === guard.key)}
            combined={standing.combined}
            series={series.find((each) => each.guard === guard.key)}
            marks={marks}
          />
        ))}
      </div>
      <Panel
        title="Decisions"
        aside={<span className="num">{count(decisions.at(-1)?.seq ?? 0)} stored, each with its evidence</span>}
        flush
      >
        <DecisionList key={id} decisions={decisions} earlier={(seq) => decisionsBefore(project, id, seq)} />
      </Panel>
    </Page>
  );
}

/** The sentence that a person came for, and the numbers under it. */
function Now({ rollout, decisions }: { rollout: Rollout; decisions: Decision[] }) {
  const last = decisions.at(-1);
  const stage = rollout.stage;
  return (
    <section className={styles.now} data-tone={PHASES[rollout.phase].tone} aria-live="polite">
      <p className={`${styles.sentence} user-text`}>{headline(rollout, last)}</p>
      <dl className={styles.numbers}>
        {stage && (
          <>
            <Fact
              label="Share"
              value={`${percent(stage.percentage)}${stage.audience ? ` of ${stage.audience}` : ""}`}
            />
            <Fact
              label="Observed healthy"
              value={`${span(parseSpan(stage.baked) ?? 0)} of ${span(parseSpan(stage.bake) ?? 0)}`}
            />
            <Fact label="Treated units" value={`${count(stage.treated)} of ${count(stage.minimum_treated)}`} />
          </>
        )}
        {isOver(rollout) && rollout.ended_at && (
          <Fact label="Took" value={span(Date.parse(rollout.ended_at) - Date.parse(rollout.started_at))} />
        )}
        {rollout.cause && (
          <Fact label={isOver(rollout) ? "Ended because of" : "Waits because of"} value={causeWord(rollout.cause)} />
        )}
        {last && !isOver(rollout) && (
          <div>
            <dt>Last decision</dt>
            <dd>
              <Age at={last.at} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

/** Returns what a person came for: while it goes, what the stage waits for; otherwise what was decided. */
function headline(rollout: Rollout, last: Decision | undefined): string {
  const stage = rollout.stage;
  if (rollout.phase !== "progressing" || !stage) return last?.summary ?? "waiting for the first look";
  const needs = missing(rollout);
  const where = `holding at stage ${stage.index + 1} of ${stage.of} “${stage.name}”`;
  return needs.length > 0
    ? `${where}: ${needs.join("; ")}`
    : `${where}: nothing is missing; it is left at the next look`;
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="num user-text">{value}</dd>
    </div>
  );
}

/** Returns how many stages a rollout that is over had left behind. */
function passed(rollout: Rollout, decisions: Decision[]): number {
  if (rollout.phase === "completed") return rollout.plan.stages.length;
  const reached = decisions.map((decision) => rationaleOf(decision).stage?.number ?? 0);
  return isOver(rollout) ? Math.max(0, ...reached) : 0;
}
