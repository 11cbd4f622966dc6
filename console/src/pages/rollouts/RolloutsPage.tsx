/** The rollouts of a project: those that are going, or those that are over. */
import { Button, SegmentedControl } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "~/api/client";
import { useParts } from "~/api/parts";
import * as queries from "~/api/queries";
import { Rest } from "~/components/Rest";
import { PHASES, VERDICTS } from "~/components/words";
import { useShortcuts } from "~/hooks/useShortcut";
import { Age } from "~/ui/Age";
import { type Column, DataTable } from "~/ui/DataTable";
import { Empty } from "~/ui/Empty";
import { Page } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { percent } from "~/util/number";

type Rollout = Schemas["Rollout"];

export function RolloutsPage() {
  const { project } = useParams({ from: "/shell/projects/$project/rollouts" });
  const { over } = useSearch({ from: "/shell/projects/$project/rollouts" });
  const navigate = useNavigate({ from: "/projects/$project/rollouts" });
  const list = useParts(queries.rollouts(project, { active: !over }));
  const [sorting, setSorting] = useState([{ id: "started", desc: true }]);
  const start = () => void navigate({ to: "/projects/$project/rollouts/new", params: { project } });
  const open = (row: Rollout) =>
    void navigate({ to: "/projects/$project/rollouts/$rollout", params: { project, rollout: row.id } });
  useShortcuts([{ key: "c", label: "Start a rollout", run: start }]);
  return (
    <Page
      title="Rollouts"
      fill
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Which rollouts"
            data={[
              { value: "going", label: "Going" },
              { value: "over", label: "Over" },
            ]}
            value={over ? "over" : "going"}
            onChange={(value) =>
              void navigate({ search: (was) => ({ ...was, over: value === "over" ? true : undefined }) })
            }
          />
          <Button size="xs" leftSection={<IconPlayerPlay size={14} />} onClick={start}>
            Start a rollout
          </Button>
        </>
      }
    >
      <DataTable
        label={over ? "Rollouts that are over" : "Rollouts that are going"}
        rows={list.rows}
        columns={columns(project)}
        rowKey={(row) => row.id}
        sorting={sorting}
        onSorting={setSorting as never}
        onOpen={open}
        rowHeight={40}
        empty={
          list.isPending ? null : (
            <Empty title={over ? "No rollout has ended yet" : "No rollout is going"}>
              <p>
                A rollout raises a flag a little at a time, watches the metrics of those who got it against everyone
                else, and takes it back by itself when they get worse.
              </p>
              <Button size="xs" onClick={start}>
                Start a rollout
              </Button>
            </Empty>
          )
        }
      />
      <Rest list={list} words={(shown) => `The newest ${shown}, which are what is sorted`} />
    </Page>
  );
}

function columns(project: string): Column<Rollout>[] {
  return [
    {
      id: "flag",
      head: "Flag",
      width: "minmax(150px, 1.4fr)",
      value: (row) => row.flag,
      cell: (row) => (
        <Link to="/projects/$project/rollouts/$rollout" params={{ project, rollout: row.id }} className="mono clip">
          {row.flag}
        </Link>
      ),
    },
    {
      id: "environment",
      head: "Environment",
      width: "minmax(90px, 0.7fr)",
      wide: true,
      value: (row) => row.environment,
      cell: (row) => row.environment,
    },
    {
      id: "phase",
      head: "Phase",
      width: "112px",
      value: (row) => row.phase,
      cell: (row) => (
        <Tag tone={PHASES[row.phase].tone} dot>
          {PHASES[row.phase].word}
        </Tag>
      ),
    },
    {
      id: "stage",
      head: "Stage",
      width: "minmax(110px, 0.9fr)",
      value: (row) => row.stage?.index ?? -1,
      cell: (row) =>
        row.stage ? (
          <span className="num clip">
            {row.stage.index + 1} of {row.stage.of}, {percent(row.stage.percentage)}
            {row.stage.audience ? ` of ${row.stage.audience}` : ""}
          </span>
        ) : (
          <span className="dim">{row.cause ? causeWord(row.cause) : "–"}</span>
        ),
    },
    {
      id: "guards",
      head: "Guards",
      width: "minmax(130px, 1fr)",
      wide: true,
      cell: (row) => (
        <span className="row">
          {(row.stage?.guards ?? []).map((guard) => (
            <Tag key={guard.guard} tone={VERDICTS[guard.verdict]?.tone}>
              {guard.guard}
            </Tag>
          ))}
        </span>
      ),
    },
    {
      id: "by",
      head: "Started by",
      width: "minmax(90px, 0.7fr)",
      wide: true,
      value: (row) => row.started_by,
      cell: (row) => <span className="clip user-text">{row.started_by}</span>,
    },
    {
      id: "started",
      head: "Started",
      width: "92px",
      wide: true,
      value: (row) => row.started_at,
      cell: (row) => <Age at={row.started_at} />,
    },
  ];
}

/** Returns why a rollout waits or has ended, in a few words. */
export function causeWord(cause: Schemas["Cause"]): string {
  const guard = cause.guard ? ` of ${cause.guard}` : "";
  const words: Record<string, string> = {
    command: cause.reason || "a person asked",
    breach: `breach${guard}`,
    no_data: `no data${guard}`,
    drift: "the split was changed by somebody",
    flag_off: "the flag was switched off",
    maximum_time: "the stage took too long",
    sample_ratio: "treated units are missing",
    telemetry: "treated units are heard of less",
  };
  return words[cause.kind] ?? cause.kind;
}
