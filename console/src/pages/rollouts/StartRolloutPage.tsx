/** Starting a rollout: which flag, how it climbs, what guards it; then what that will mean, and only then the start. */
import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { ApiFailure, sentence } from "~/api/errors";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { Confirm } from "~/components/Confirm";
import { GuardWords } from "~/components/GuardWords";
import { Staircase } from "~/components/Staircase";
import { GuardFields } from "~/forms/GuardFields";
import { StageFields } from "~/forms/StageFields";
import { useEnvironment } from "~/hooks/useEnvironment";
import { placeOf, useRefusal } from "~/hooks/useRefusal";
import { useShortcuts } from "~/hooks/useShortcut";
import { Act } from "~/ui/Act";
import { Page, Panel } from "~/ui/Page";
import { Preview, usePreview } from "./Preview";
import styles from "./StartRolloutPage.module.css";

type Plan = Schemas["Plan"];
type Overlap = Schemas["RolloutOverlapChoice"]["kind"];

const OVERLAP: { value: Overlap; label: string }[] = [
  { value: "serialise", label: "Wait until it is over" },
  { value: "exclude", label: "Run both, each with half of the units" },
  { value: "accept", label: "Run both, for the reason given" },
];

const OVERLAP_MEANS: Record<Overlap, string> = {
  serialise: "It begins by itself when the other is over.",
  exclude:
    "Percentages stay those of everyone: 5 % of everyone is 10 % of a half. Its stage for everyone waits for the other " +
    "rollout. Refused for stages of 50 % or more before that, and for guards that are read from Prometheus.",
  accept: "If a metric of both turns bad, nobody can say which of them did it.",
};

export function StartRolloutPage() {
  const { project } = useParams({ from: "/shell/projects/$project/rollouts/new" });
  const search = useSearch({ from: "/shell/projects/$project/rollouts/new" });
  const navigate = useNavigate({ from: "/projects/$project/rollouts/new" });
  const environment = useEnvironment(project);
  const { data: overview } = useQuery(queries.overview(project));
  const { data: plans = [] } = useQuery(queries.plans(project));
  const { data: segments = [] } = useQuery(queries.segments(project));
  const { data: metrics = [] } = useQuery(queries.metrics(project));
  const { data: flag } = useQuery({ ...queries.flag(project, search.flag ?? ""), enabled: search.flag !== undefined });
  const [edited, setEdited] = useState<Plan>();
  const [startAt, setStartAt] = useState("");
  const [asked, setAsked] = useState(false);
  const [overlap, setOverlap] = useState<Overlap>();
  const kept = plans.find((each) => each.key === search.plan);
  const variants = flag?.value.variants.map((variant) => variant.key) ?? [];
  const chosen = edited ?? (kept ? fitted(kept.plan, variants) : undefined);
  const served = flag?.value.environments?.find((each) => each.environment === environment.key);
  const set = (change: { flag?: string; plan?: string }) =>
    void navigate({ search: (was) => ({ ...was, ...change }), replace: true });
  const start = useMutate({
    run: (reason: string) => {
      const plan = edited || (kept && chosen && kept.plan.treatment !== chosen.treatment) ? chosen : kept?.key;
      const body = {
        flag: search.flag ?? "",
        environment: environment.key ?? "",
        plan,
        reason,
        start_at: startAt ? new Date(startAt).toISOString() : undefined,
        overlap: chosenWith(overlap, reason),
      };
      return unwrap(
        api.POST("/api/v1/projects/{project}/rollouts", { params: { path: { project } }, body: body as never }),
      ).catch((error) => {
        if (error instanceof ApiFailure && error.overlaps) setOverlap((was) => was ?? "serialise");
        throw error;
      });
    },
    quiet: true,
    touches: [["project", project]],
    done: (outcome) => outcome.summary,
    onSuccess: (outcome) =>
      void navigate({
        to: "/projects/$project/rollouts/$rollout",
        params: { project, rollout: outcome.rollout.id },
        search: (was) => ({ env: (was as { env?: string }).env }) as never,
      }),
  });
  const isProtected = environment.record?.protected ?? false;
  const asking = usePreview(project, {
    flag: search.flag,
    environment: environment.key,
    plan: chosen,
    // The reason comes with the start; what a start would mean does not depend on it.
    overlap: chosenWith(overlap, ""),
  });
  const preview = chosen && search.flag && environment.key && (
    <Preview asked={asking} plan={chosen} served={served} isProtected={isProtected} />
  );
  const running = overview?.flags
    .find((each) => each.key === search.flag)
    ?.environments.find((each) => each.environment === environment.key)?.rollout;
  const refused = useRefusal();
  const blocked =
    refused("advance", placeOf(isProtected)) ??
    blockedBy(search.flag, chosen, served, running != null) ??
    refusedWith(asking.error);
  useShortcuts([{ key: "s", label: "Review and start", run: () => setAsked(true), disabled: blocked !== undefined }]);
  return (
    <Page
      title="Start a rollout"
      crumb={
        <Link to="/projects/$project/rollouts" params={{ project }}>
          Rollouts
        </Link>
      }
      note={<span>in {environment.key}</span>}
    >
      <Panel title="What, and how it climbs">
        <div className={styles.choices}>
          <Select
            label="Flag"
            searchable
            data={(overview?.flags ?? []).map((each) => each.key)}
            value={search.flag ?? null}
            onChange={(next) => set({ flag: next ?? undefined })}
          />
          <Select
            label="Plan or template"
            searchable
            data={plans.map((each) => ({
              value: each.key,
              label: each.version === 0 ? `${each.plan.title || each.key} (template)` : each.plan.title || each.key,
            }))}
            value={search.plan ?? null}
            onChange={(next) => {
              setEdited(undefined);
              set({ plan: next ?? undefined });
            }}
          />
          <Select
            label="Treatment"
            description="The variant that is raised"
            data={variants}
            value={chosen?.treatment ?? null}
            disabled={!chosen}
            onChange={(treatment) => chosen && treatment && setEdited({ ...chosen, treatment })}
          />
          <TextInput
            label="Not before"
            description="Empty starts now"
            type="datetime-local"
            value={startAt}
            onChange={(event) => setStartAt(event.currentTarget.value)}
          />
        </div>
      </Panel>
      {chosen && (
        <>
          <Panel
            title="Stages"
            aside={
              edited ? (
                <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setEdited(undefined)}>
                  Back to the plan as it is kept
                </Button>
              ) : (
                <Button size="compact-xs" variant="default" onClick={() => setEdited(chosen)}>
                  Change for this rollout
                </Button>
              )
            }
          >
            <div className="stack">
              <Staircase stages={chosen.stages} />
              {edited && (
                <StageFields
                  stages={edited.stages}
                  segments={segments.map((each) => each.key)}
                  onChange={(stages) => setEdited({ ...edited, stages })}
                />
              )}
            </div>
          </Panel>
          <Panel title="Guards">
            {edited ? (
              <GuardFields
                guards={edited.guards ?? []}
                metrics={metrics.map((each) => each.key)}
                onChange={(guards) => setEdited({ ...edited, guards })}
              />
            ) : (
              <GuardWords guards={chosen.guards ?? []} />
            )}
          </Panel>
          <Panel title="What it will mean">
            {preview || <p className="dim">Choose a flag to see whom it reaches, and how long it takes.</p>}
          </Panel>
        </>
      )}
      <div className="row">
        <Act size="xs" refused={blocked} hotkey="s" onClick={() => setAsked(true)}>
          Review and start
        </Act>
        {blocked && (
          <span className="dim user-text" role="status">
            {blocked}
          </span>
        )}
      </div>
      {asked && chosen && (
        <Confirm
          title={`Start ${search.flag} in ${environment.key}`}
          verb="Start"
          size="lg"
          typed={environment.record?.protected ? { what: "environment", text: environment.record.key } : undefined}
          needsReason={overlap === "accept"}
          onClose={() => {
            setAsked(false);
            setOverlap(undefined);
          }}
          onConfirm={async (reason) => {
            await start.mutateAsync(reason);
          }}
        >
          {overlap && (
            <Select
              label="What about the rollout that it overlaps with"
              data={OVERLAP}
              value={overlap}
              allowDeselect={false}
              onChange={(next) => next && setOverlap(next as Overlap)}
              description={OVERLAP_MEANS[overlap]}
            />
          )}
          {preview}
        </Confirm>
      )}
    </Page>
  );
}

/** Returns the choice about an overlap as the server takes it. */
function chosenWith(overlap: Overlap | undefined, reason: string): Schemas["RolloutOverlapChoice"] | undefined {
  return overlap === "accept" ? { kind: overlap, reason } : overlap && { kind: overlap };
}

/** Templates name a variant that the flag may not have; then the first of the flag's own is raised. */
function fitted(plan: Plan, variants: string[]): Plan {
  const [first] = variants;
  return first === undefined || variants.includes(plan.treatment) ? plan : { ...plan, treatment: first };
}

/** What says something about the start itself: a plan, a flag or a segment is not as it must be, or is in the way. */
const REFUSALS = [409, 422];

/**
 * Returns the refusal of a preview, which the start would meet as well; nothing while the server cannot be asked, or does not
 * answer this once: too many requests, a body that did not arrive, a session that has ended.
 */
function refusedWith(error: Error | null): string | undefined {
  return error instanceof ApiFailure && REFUSALS.includes(error.status) ? sentence(error) : undefined;
}

function blockedBy(
  flag: string | undefined,
  plan: Plan | undefined,
  served: Schemas["FlagEnvironment"] | undefined,
  isRunning: boolean,
): string | undefined {
  if (!flag) return "Choose a flag";
  if (!plan) return "Choose a plan";
  if (served && !served.targeting.enabled)
    return "The flag is switched off here: switch it on first, everyone keeps its default";
  // What an earlier rollout hands out may have stayed, and is where this one begins.
  if (isRunning) return "A rollout of this flag is going here already";
  return undefined;
}
