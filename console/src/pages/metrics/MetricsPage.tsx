/** Metrics: what guards watch, and where the numbers come from. */
import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { sentence } from "~/api/errors";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { Confirm } from "~/components/Confirm";
import { EditDelete } from "~/components/EditDelete";
import { JsonField } from "~/components/JsonField";
import { useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";
import { Age } from "~/ui/Age";
import { CodeBlock } from "~/ui/CodeBlock";
import { Dialog } from "~/ui/Dialog";
import { Empty } from "~/ui/Empty";
import { Page, Panel } from "~/ui/Page";
import { Refused } from "~/ui/Refused";
import { Tag } from "~/ui/Tag";

type Kept = Schemas["KeptMetric"];
type Metric = Schemas["Metric"];

/** A beginning for each kind of source. */
const STARTS: Record<string, unknown> = {
  promql_value: { kind: "promql_value", query: 'sum(rate(errors_total{variant="{{variant}}"}[1m]))' },
  promql_counts: {
    kind: "promql_counts",
    events: 'sum(errors_total{variant="{{variant}}"})',
    total: 'sum(requests_total{variant="{{variant}}"})',
    absent_is_zero: true,
  },
};

export function MetricsPage() {
  const refused = useRefusal();
  const { project } = useParams({ from: "/shell/projects/$project/metrics" });
  const { data: metrics = [], isPending } = useQuery(queries.metrics(project));
  const { data: plans = [] } = useQuery(queries.plans(project));
  const [edited, setEdited] = useState<Kept | "new">();
  const [dropped, setDropped] = useState<Kept>();
  const drop = useMutate({
    run: (metric: string) =>
      unwrap(api.DELETE("/api/v1/projects/{project}/metrics/{metric}", { params: { path: { project, metric } } })),
    quiet: true,
    touches: [["project", project, "metrics"]],
    done: () => "Metric deleted",
  });
  return (
    <Page
      title="Metrics"
      note="One number for those who have the variant, and the same one for those who have not."
      actions={
        <Act size="xs" refused={refused("edit", "project")} onClick={() => setEdited("new")}>
          New metric
        </Act>
      }
    >
      {!isPending && metrics.length === 0 && (
        <Empty title="No metrics yet">
          <p>
            A metric names a number and where it is read. Guards put a limit on it, and rollouts are taken back by it.
          </p>
        </Empty>
      )}
      {metrics.map((kept) => {
        const used = plans
          .filter((plan) => (plan.plan.guards ?? []).some((guard) => guard.metric === kept.key))
          .map((plan) => plan.key);
        return (
          <Panel
            key={kept.key}
            title={
              <span className="row">
                <span className="mono">{kept.key}</span>
                <span className="dim user-text">{kept.metric.title}</span>
                {kept.metric.unit && <Tag>{kept.metric.unit}</Tag>}
              </span>
            }
            aside={
              <>
                {used.length > 0 && <span>watched by {used.join(", ")}</span>}
                {kept.changed_at && <Age at={kept.changed_at} />}
                {kept.version > 0 && <EditDelete onEdit={() => setEdited(kept)} onDelete={() => setDropped(kept)} />}
              </>
            }
          >
            <Source source={kept.metric.source} />
          </Panel>
        );
      })}
      {edited && (
        <MetricEditor
          project={project}
          kept={edited === "new" ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      {dropped && (
        <Confirm
          title={`Delete the metric ${dropped.key}`}
          verb="Delete"
          danger
          withReason={false}
          onClose={() => setDropped(undefined)}
          onConfirm={async () => {
            await drop.mutateAsync(dropped.key);
            setDropped(undefined);
          }}
        />
      )}
    </Page>
  );
}

function Source({ source }: { source: Metric["source"] }) {
  const { kind, ...rest } = source as { kind: string; [key: string]: unknown };
  const texts = Object.entries(rest).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return (
    <div className="stack tight">
      <span className="dim">{kind.replaceAll("_", " ")}</span>
      {texts.map(([name, text]) => (
        <CodeBlock key={name} text={text} label={name} />
      ))}
    </div>
  );
}

function MetricEditor({ project, kept, onClose }: { project: string; kept?: Kept; onClose: () => void }) {
  const [metric, setMetric] = useState<Metric>(
    kept?.metric ?? ({ key: "", title: "", unit: "ratio", source: STARTS.promql_counts } as Metric),
  );
  const [valid, setValid] = useState(true);
  const [kind, setKind] = useState(metric.source.kind as string);
  const save = useMutate({
    run: () => {
      if (!kept)
        return unwrap(api.POST("/api/v1/projects/{project}/metrics", { params: { path: { project } }, body: metric }));
      const params = { path: { project, metric: kept.key }, header: { "If-Match": `"${kept.version}"` } };
      return unwrap(api.PUT("/api/v1/projects/{project}/metrics/{metric}", { params, body: metric }));
    },
    touches: [["project", project, "metrics"]],
    quiet: true,
    done: () => "Metric saved",
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  const set = (change: Partial<Metric>) => setMetric({ ...metric, ...change });
  return (
    <Dialog onClose={onClose} title={kept ? `Metric ${kept.key}` : "New metric"} size="lg">
      <form onSubmit={submit} className="stack">
        <TextInput
          label="Key"
          value={metric.key}
          disabled={kept !== undefined}
          onChange={(event) => set({ key: event.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          label="Title"
          value={metric.title ?? ""}
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
        <TextInput
          label="Unit"
          description="Shown beside the number: ratio, s, 1/s"
          value={metric.unit ?? ""}
          onChange={(event) => set({ unit: event.currentTarget.value })}
        />
        {!kept && (
          <Select
            label="Source"
            data={Object.keys(STARTS).map((value) => ({ value, label: value.replaceAll("_", " ") }))}
            value={kind}
            onChange={(next) => {
              setKind(next ?? "promql_value");
              set({ source: STARTS[next ?? "promql_value"] as Metric["source"] });
            }}
          />
        )}
        <JsonField
          key={kind}
          label="Where it is read"
          description="{{variant}}, {{control}}, {{flag}} and {{environment}} are filled in by the rollout."
          value={metric.source}
          onChange={(source, ok) => {
            setValid(ok);
            if (ok) set({ source: source as Metric["source"] });
          }}
        />
        <Refused words={save.error ? sentence(save.error) : undefined} />
        <div className="row">
          <Button size="xs" type="submit" loading={save.isPending} disabled={!metric.key || !valid}>
            Save
          </Button>
          <Button size="xs" variant="default" onClick={onClose}>
            Leave it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
