/** Makes a plan or changes one. Stages and guards are lists; whatever this form does not know stays as it was. */
import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { sentence } from "~/api/errors";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { Staircase } from "~/components/Staircase";
import { Dialog } from "~/ui/Dialog";
import { Refused } from "~/ui/Refused";
import { GuardFields } from "./GuardFields";
import styles from "./PlanEditor.module.css";
import { StageFields } from "./StageFields";

export type Plan = Schemas["Plan"];

const FRESH: Plan = {
  key: "",
  title: "",
  treatment: "on",
  stages: [
    { name: "1 %", percentage: 1, bake: "30m", minimum_treated: 100, gate: "automatic" },
    { name: "10 %", percentage: 10, bake: "1h", minimum_treated: 1000, gate: "automatic" },
    { name: "50 %", percentage: 50, bake: "2h", minimum_treated: 1000, gate: "automatic" },
    { name: "100 %", percentage: 100, bake: "1d", minimum_treated: 1000, gate: "automatic" },
  ],
  guards: [],
};

type Props = { project: string; kept?: Schemas["KeptPlan"]; onClose: () => void };

export function PlanEditor({ project, kept, onClose }: Props) {
  const [plan, setPlan] = useState<Plan>(kept?.plan ?? FRESH);
  const { data: segments = [] } = useQuery(queries.segments(project));
  const { data: metrics = [] } = useQuery(queries.metrics(project));
  const save = useMutate({
    run: () =>
      kept
        ? replace(project, kept, plan)
        : unwrap(api.POST("/api/v1/projects/{project}/plans", { params: { path: { project } }, body: plan })),
    touches: [["project", project, "plans"]],
    quiet: true,
    done: () => "Plan saved; rollouts that are going keep the one they started with",
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  const set = (change: Partial<Plan>) => setPlan({ ...plan, ...change });
  return (
    <Dialog onClose={onClose} title={kept ? `Plan ${kept.key}` : "New plan"} size="xl">
      <form onSubmit={submit} className="stack">
        <div className={styles.top}>
          <TextInput
            label="Key"
            value={plan.key}
            disabled={kept !== undefined}
            onChange={(event) => set({ key: event.currentTarget.value })}
            data-autofocus
          />
          <TextInput
            label="Title"
            value={plan.title ?? ""}
            onChange={(event) => set({ title: event.currentTarget.value })}
          />
          <TextInput
            label="Treatment"
            description="The variant that is raised"
            value={plan.treatment}
            onChange={(event) => set({ treatment: event.currentTarget.value })}
          />
          <Select
            label="Defaults"
            description="For what stages do not say"
            data={[
              { value: "none", label: "none" },
              { value: "recommended", label: "recommended, by share" },
            ]}
            value={plan.defaults ?? "none"}
            onChange={(value) => set({ defaults: value === "recommended" ? value : undefined })}
          />
        </div>
        <Staircase stages={plan.stages} />
        <StageFields
          stages={plan.stages}
          segments={segments.map((each) => each.key)}
          onChange={(stages) => set({ stages })}
        />
        <GuardFields
          guards={plan.guards ?? []}
          metrics={metrics.map((each) => each.key)}
          onChange={(guards) => set({ guards })}
        />
        <Refused words={save.error ? sentence(save.error) : undefined} />
        <div className={styles.buttons}>
          <Button size="xs" variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button size="xs" type="submit" loading={save.isPending} disabled={!plan.key}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function replace(project: string, kept: Schemas["KeptPlan"], plan: Plan) {
  const params = { path: { project, plan: kept.key }, header: { "If-Match": `"${kept.version}"` } };
  return unwrap(api.PUT("/api/v1/projects/{project}/plans/{plan}", { params, body: plan }));
}
