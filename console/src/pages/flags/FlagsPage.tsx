/** The flags of a project, with their environments side by side. Filters and order are in the address. */
import { Button, Kbd, Select, TextInput } from "@mantine/core";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useRouter, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import type { Schemas } from "~/api/client";
import { useParts } from "~/api/parts";
import * as queries from "~/api/queries";
import { Rest } from "~/components/Rest";
import { ShareCell, shareOn } from "~/components/ShareCell";
import { verdictOf } from "~/components/staleness";
import { useEnvironment } from "~/hooks/useEnvironment";
import { useShortcuts } from "~/hooks/useShortcut";
import type { FlagsSearch } from "~/routes";
import { Age } from "~/ui/Age";
import { type Column, DataTable, sorted, sortingOf, sortingText } from "~/ui/DataTable";
import { Page } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { count } from "~/util/number";
import { BulkBar } from "./BulkBar";
import { FirstFlag } from "./FirstFlag";
import styles from "./FlagsPage.module.css";
import { filterFlags, type Row, STATES, valuesOf } from "./filter";
import { SavedViews } from "./SavedViews";

type Judged = Schemas["Staleness"];
const NO_FLAGS: Row[] = [];
const TYPING_MS = 400;

export function FlagsPage() {
  const { project } = useParams({ from: "/shell/projects/$project/flags" });
  const search = useSearch({ from: "/shell/projects/$project/flags" });
  const navigate = useNavigate({ from: "/projects/$project/flags" });
  const environment = useEnvironment(project);
  const router = useRouter();
  const { data, isPending } = useQuery(queries.overview(project));
  const judged = useParts(queries.staleness(project, true));
  const verdicts = useMemo(() => new Map(judged.rows.map((each) => [each.flag, each])), [judged.rows]);
  const rows = data?.flags ?? NO_FLAGS;
  const [typed, setTyped] = useState(search.q ?? "");
  const deferred = useDeferredValue(typed);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(-1);
  const box = useRef<HTMLInputElement>(null);
  const today = new Date().toISOString().slice(0, 10);
  const set = (change: FlagsSearch) => void navigate({ search: (was) => ({ ...was, ...change }), replace: true });

  // The address follows the typing at a distance; the list does not wait for it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing changes the address here.
  useEffect(() => {
    const timer = setTimeout(() => {
      // Whoever is on the way to another page is not called back.
      const leaving = router.state.status === "pending";
      if (!leaving && typed !== (search.q ?? "")) set({ q: typed || undefined });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  const shown = useMemo(
    () => filterFlags(rows, { ...search, q: deferred }, environment.key, today),
    [rows, search, deferred, environment.key, today],
  );
  const columns = useMemo(
    () => flagColumns(project, data?.environments ?? [], environment.key, verdicts, picked, setPicked),
    [project, data?.environments, environment.key, verdicts, picked],
  );
  const open = (row: Row | undefined) =>
    row && void navigate({ to: "/projects/$project/flags/$flag", params: { project, flag: row.key } });
  const sorting = useMemo(() => sortingOf(search.sort), [search.sort]);
  const ordered = useMemo(() => sorted(shown, columns, sorting), [shown, columns, sorting]);
  const owners = useMemo(() => valuesOf(rows, (row) => [row.owner]), [rows]);
  const tags = useMemo(() => valuesOf(rows, (row) => row.tags), [rows]);
  useShortcuts([
    { key: "/", label: "Search the flags", run: () => box.current?.focus() },
    { key: "j", label: "Next flag", run: () => setActive((at) => Math.min(at + 1, shown.length - 1)) },
    { key: "k", label: "Flag before", run: () => setActive((at) => Math.max(at - 1, 0)) },
    { key: "Enter", label: "Open the flag", run: () => open(ordered[active]), disabled: active < 0 },
    {
      key: "x",
      label: "Pick the flag",
      run: () => switchPick(ordered[active]?.key, picked, setPicked),
      disabled: active < 0,
    },
    {
      key: "c",
      label: "New flag",
      run: () => void navigate({ to: "/projects/$project/flags/new", params: { project } }),
    },
  ]);

  if (!isPending && rows.length === 0) return <FirstFlag project={project} />;
  return (
    <Page
      title="Flags"
      fill
      actions={
        <>
          <SavedViews
            search={search}
            onOpen={(next) => {
              setTyped(next.q ?? "");
              void navigate({ search: (was) => ({ env: was.env, ...next }) });
            }}
          />
          <Button
            size="xs"
            leftSection={<IconPlus size={14} />}
            component={Link}
            to={`/projects/${encodeURIComponent(project)}/flags/new`}
          >
            New flag
          </Button>
        </>
      }
    >
      <div className={styles.filters}>
        <TextInput
          ref={box}
          className={styles.search}
          aria-label="Search the flags"
          placeholder="Key, title, owner or tag"
          leftSection={<IconSearch size={14} />}
          rightSection={<Kbd size="xs">/</Kbd>}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
        <Filter label="State" value={search.state} values={[...STATES]} onChange={(state) => set({ state })} />
        <Filter label="Owner" value={search.owner} values={owners} onChange={(owner) => set({ owner })} />
        <Filter label="Tag" value={search.tag} values={tags} onChange={(tag) => set({ tag })} />
        <Filter
          label="Category"
          value={search.category}
          values={["release", "experiment", "operations", "permission"]}
          onChange={(category) => set({ category })}
        />
        <span className={`${styles.count} num`} role="status">
          {isPending ? "" : `${count(shown.length)} of ${count(rows.length)}`}
        </span>
      </div>
      {picked.size > 0 && (
        <BulkBar
          project={project}
          environment={environment.record}
          picked={picked}
          rows={rows}
          onDone={() => setPicked(new Set())}
        />
      )}
      <DataTable
        label="Flags"
        rows={shown}
        columns={columns}
        rowKey={(row) => row.key}
        sorting={sorting}
        onSorting={(sorting) => set({ sort: sortingText(sorting) })}
        active={active}
        onOpen={open}
        empty={isPending ? null : <p className="dim">No flag is like that. Change the filters, or clear the search.</p>}
      />
      <Rest list={judged} words={(shown) => `Staleness and the last request are those of the first ${shown} by key`} />
    </Page>
  );
}

function Filter({
  label,
  value,
  values,
  onChange,
}: {
  label: string;
  value?: string;
  values: string[];
  onChange: (value: string | undefined) => void;
}) {
  return (
    <Select
      aria-label={label}
      placeholder={label}
      data={values}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      clearable
      allowDeselect
      searchable={values.length > 8}
      className={styles.filter}
    />
  );
}

function switchPick(key: string | undefined, picked: ReadonlySet<string>, set: (next: ReadonlySet<string>) => void) {
  if (!key) return;
  const next = new Set(picked);
  if (!next.delete(key)) next.add(key);
  set(next);
}

function flagColumns(
  project: string,
  environments: string[],
  open: string | undefined,
  verdicts: ReadonlyMap<string, Judged>,
  picked: ReadonlySet<string>,
  setPicked: (next: ReadonlySet<string>) => void,
): Column<Row>[] {
  return [
    {
      id: "pick",
      head: <span className="visually-hidden">Picked</span>,
      width: "34px",
      wide: true,
      cell: (row) => (
        <input
          type="checkbox"
          aria-label={`Pick ${row.key}`}
          checked={picked.has(row.key)}
          onChange={() => switchPick(row.key, picked, setPicked)}
        />
      ),
    },
    {
      id: "key",
      head: "Flag",
      width: "minmax(170px, 1.6fr)",
      value: (row) => row.key,
      cell: (row) => (
        <div className={styles.name}>
          <Link
            to="/projects/$project/flags/$flag"
            params={{ project, flag: row.key }}
            className={`${styles.key} mono clip`}
          >
            {row.key}
          </Link>
          <span className="dim clip user-text">{row.title}</span>
        </div>
      ),
    },
    ...environments.map(
      (environment): Column<Row> => ({
        id: `env ${environment}`,
        head: environment,
        width: "minmax(142px, 1fr)",
        wide: environment !== open,
        value: (row) => {
          const served = row.environments.find((each) => each.environment === environment);
          return served ? shareOn(served) : -1;
        },
        cell: (row) => (
          <ShareCell project={project} served={row.environments.find((each) => each.environment === environment)} />
        ),
      }),
    ),
    {
      id: "owner",
      head: "Owner",
      width: "minmax(80px, 0.6fr)",
      wide: true,
      value: (row) => row.owner,
      cell: (row) => <span className="clip user-text">{row.owner || <span className="dim">nobody</span>}</span>,
    },
    {
      id: "expires",
      head: "Expires",
      width: "108px",
      wide: true,
      value: (row) => row.expires_on ?? "9999",
      cell: (row) => <Expires on={row.expires_on} lifetime={row.lifetime} />,
    },
    {
      id: "asked",
      head: "Last asked",
      width: "92px",
      wide: true,
      value: (row) => verdicts.get(row.key)?.evaluated_at ?? "",
      cell: (row) => <Age at={verdicts.get(row.key)?.evaluated_at} />,
    },
    {
      id: "staleness",
      head: "Staleness",
      width: "minmax(96px, 0.7fr)",
      wide: true,
      value: (row) => verdicts.get(row.key)?.state ?? "",
      cell: (row) => <Verdict judged={verdicts.get(row.key)} />,
    },
    {
      id: "changed",
      head: "Changed",
      width: "92px",
      wide: true,
      value: (row) => row.changed_at ?? "",
      cell: (row) => <Age at={row.changed_at} />,
    },
  ];
}

function Verdict({ judged }: { judged: Judged | undefined }) {
  if (!judged) return <span className="dim">–</span>;
  const { word, tone } = verdictOf(judged);
  return judged.state === "live" && judged.findings.length === 0 ? (
    <span className="dim">{word}</span>
  ) : (
    <Tag tone={tone}>{word}</Tag>
  );
}

function Expires({ on, lifetime }: { on?: string | null; lifetime?: string | null }) {
  if (!on) return <span className="dim">{lifetime === "permanent" ? "permanent" : "–"}</span>;
  const over = on < new Date().toISOString().slice(0, 10);
  return over ? <Tag tone="warn">{on}</Tag> : <span className="num">{on}</span>;
}
