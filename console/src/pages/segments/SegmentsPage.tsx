/** Segments: whom rules and stages may name. */
import { Button, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { sentence } from "~/api/errors";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { ConditionText } from "~/components/ConditionText";
import { Confirm } from "~/components/Confirm";
import { Diff } from "~/components/Diff";
import { EditDelete } from "~/components/EditDelete";
import { ConditionEditor } from "~/forms/ConditionEditor";
import { useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";
import { Age } from "~/ui/Age";
import { Dialog } from "~/ui/Dialog";
import { Empty } from "~/ui/Empty";
import { Page, Panel } from "~/ui/Page";
import { Refused } from "~/ui/Refused";
import { count } from "~/util/number";

type Kept = Schemas["KeptSegment"];
type Segment = Schemas["Segment"];
const FEW = 8;

export function SegmentsPage() {
  const refused = useRefusal();
  const { project } = useParams({ from: "/shell/projects/$project/segments" });
  const { data: segments = [], isPending } = useQuery(queries.segments(project));
  const [edited, setEdited] = useState<Kept | "new">();
  const [dropped, setDropped] = useState<Kept>();
  const drop = useMutate({
    run: (segment: string) =>
      unwrap(api.DELETE("/api/v1/projects/{project}/segments/{segment}", { params: { path: { project, segment } } })),
    quiet: true,
    touches: [["project", project]],
    done: () => "Segment deleted",
  });
  return (
    <Page
      title="Segments"
      note="A group that has a name: internal users, a region, the beta."
      actions={
        <Act size="xs" refused={refused("edit", "project")} onClick={() => setEdited("new")}>
          New segment
        </Act>
      }
    >
      {!isPending && segments.length === 0 && (
        <Empty title="No segments yet">
          <p>
            Name a group once, and let every flag and every first stage refer to it. Changing it changes all of them.
          </p>
        </Empty>
      )}
      {segments.map((kept) => (
        <Panel
          key={kept.key}
          title={<span className="mono">{kept.key}</span>}
          aside={
            <>
              {kept.changed_at && <Age at={kept.changed_at} />}
              <EditDelete onEdit={() => setEdited(kept)} onDelete={() => setDropped(kept)} />
            </>
          }
        >
          <div className="stack tight">
            <Keys label="Always in it" keys={kept.segment.included ?? []} />
            <Keys label="Never in it" keys={kept.segment.excluded ?? []} />
            <p>
              <span className="dim">Else if </span>
              {kept.segment.when ? <ConditionText condition={kept.segment.when} /> : <span className="dim">never</span>}
            </p>
          </div>
        </Panel>
      ))}
      {edited && (
        <SegmentEditor
          project={project}
          kept={edited === "new" ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      {dropped && (
        <Confirm
          title={`Delete the segment ${dropped.key}`}
          verb="Delete"
          danger
          withReason={false}
          onClose={() => setDropped(undefined)}
          onConfirm={async () => {
            await drop.mutateAsync(dropped.key);
            setDropped(undefined);
          }}
        >
          <p>The server refuses while a flag, another segment or a plan refers to it, and says which.</p>
        </Confirm>
      )}
    </Page>
  );
}

function Keys({ label, keys }: { label: string; keys: string[] }) {
  if (keys.length === 0) return null;
  return (
    <p>
      <span className="dim">{label}: </span>
      <span className="mono user-text">{keys.slice(0, FEW).join(", ")}</span>
      {keys.length > FEW && <span className="dim"> and {count(keys.length - FEW)} more</span>}
    </p>
  );
}

function SegmentEditor({ project, kept, onClose }: { project: string; kept?: Kept; onClose: () => void }) {
  const [segment, setSegment] = useState<Segment>(
    kept?.segment ??
      ({
        key: "",
        included: [],
        excluded: [],
        when: { all: [{ operator: "equals", attribute: "", values: [] }] },
      } as unknown as Segment),
  );
  const { data: all = [] } = useQuery(queries.segments(project));
  const save = useMutate({
    run: () => {
      if (!kept)
        return unwrap(
          api.POST("/api/v1/projects/{project}/segments", { params: { path: { project } }, body: segment }),
        );
      const params = { path: { project, segment: kept.key }, header: { "If-Match": `"${kept.version}"` } };
      return unwrap(api.PUT("/api/v1/projects/{project}/segments/{segment}", { params, body: segment }));
    },
    touches: [["project", project]],
    quiet: true,
    done: () => "Segment saved; flags that name it serve by it now",
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  const set = (change: Partial<Segment>) => setSegment({ ...segment, ...change });
  return (
    <Dialog onClose={onClose} title={kept ? `Segment ${kept.key}` : "New segment"} size="xl">
      <form onSubmit={submit} className="stack">
        <TextInput
          label="Key"
          value={segment.key}
          disabled={kept !== undefined}
          onChange={(event) => set({ key: event.currentTarget.value })}
          data-autofocus
        />
        <TagsInput
          size="xs"
          label="Always in it"
          description="Targeting keys"
          value={segment.included ?? []}
          onChange={(included) => set({ included })}
        />
        <TagsInput
          size="xs"
          label="Never in it"
          description="Targeting keys"
          value={segment.excluded ?? []}
          onChange={(excluded) => set({ excluded })}
        />
        <ConditionEditor
          condition={segment.when ?? { any: [] }}
          segments={all.map((each) => each.key).filter((key) => key !== segment.key)}
          label="Who else belongs"
          onChange={(when) => set({ when })}
        />
        {kept && <Diff before={kept.segment} after={segment} />}
        <Refused words={save.error ? sentence(save.error) : undefined} />
        <div className="row">
          <Button size="xs" type="submit" loading={save.isPending} disabled={!segment.key}>
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
