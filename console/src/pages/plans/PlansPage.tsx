/** Rollout plans: stages as a staircase, guards, and what they do. */
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { Confirm } from "~/components/Confirm";
import { EditDelete } from "~/components/EditDelete";
import { GuardWords } from "~/components/GuardWords";
import { Staircase } from "~/components/Staircase";
import { PlanEditor } from "~/forms/PlanEditor";
import { useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";
import { Empty } from "~/ui/Empty";
import { Page, Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";

type Kept = Schemas["KeptPlan"];

export function PlansPage() {
  const refused = useRefusal();
  const { project } = useParams({ from: "/shell/projects/$project/plans" });
  const { data: plans = [], isPending } = useQuery(queries.plans(project));
  const [edited, setEdited] = useState<Kept | "new">();
  const [dropped, setDropped] = useState<Kept>();
  const drop = useMutate({
    run: ({ plan, reason }: { plan: string; reason: string }) =>
      unwrap(
        api.DELETE("/api/v1/projects/{project}/plans/{plan}", {
          params: { path: { project, plan } },
          body: { reason } as never,
        }),
      ),
    quiet: true,
    touches: [["project", project, "plans"]],
    done: () => "Plan deleted",
  });
  return (
    <Page
      title="Plans"
      note="How a flag climbs: stages, what must hold before one is left, and guards that take it back."
      actions={
        <Act size="xs" refused={refused("edit", "project")} onClick={() => setEdited("new")}>
          New plan
        </Act>
      }
    >
      {!isPending && plans.length === 0 && (
        <Empty title="No plans yet">
          <p>A plan is used by many rollouts: say once how your team releases, and start from it each time.</p>
        </Empty>
      )}
      {plans.map(({ plan, ...kept }) => (
        <Panel
          key={kept.key}
          title={
            <span className="row">
              <span className="mono">{plan.key}</span>
              <span className="dim user-text">{plan.title}</span>
            </span>
          }
          aside={
            <PlanActions
              kept={{ plan, ...kept }}
              project={project}
              onEdit={() => setEdited({ plan, ...kept })}
              onDelete={() => setDropped({ plan, ...kept })}
            />
          }
        >
          <div className="stack">
            {plan.description && <p className="dim user-text">{plan.description}</p>}
            <Staircase stages={plan.stages} />
            <GuardWords guards={plan.guards ?? []} />
          </div>
        </Panel>
      ))}
      {edited && (
        <PlanEditor
          project={project}
          kept={edited === "new" ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      {dropped && (
        <Confirm
          title={`Delete the plan ${dropped.key}`}
          verb="Delete"
          danger
          onClose={() => setDropped(undefined)}
          onConfirm={async (reason) => {
            await drop.mutateAsync({ plan: dropped.key, reason });
            setDropped(undefined);
          }}
        >
          <p>Rollouts that follow it go on: each keeps the plan as it was when it started.</p>
        </Confirm>
      )}
    </Page>
  );
}

function PlanActions({
  kept,
  project,
  onEdit,
  onDelete,
}: {
  kept: Kept;
  project: string;
  onEdit: () => void;
  onDelete: () => void;
}) {
  const template = kept.version === 0;
  return (
    <>
      {template && <Tag>template</Tag>}
      <Link to="/projects/$project/rollouts/new" params={{ project }} search={{ plan: kept.key }}>
        Start a rollout
      </Link>
      {!template && <EditDelete onEdit={onEdit} onDelete={onDelete} />}
    </>
  );
}
