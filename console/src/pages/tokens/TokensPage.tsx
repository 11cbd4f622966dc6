/** Tokens and the people behind them: what each may do, when it was used, and how it ends. */
import { Button, CopyButton, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { Confirm } from "~/components/Confirm";
import { useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";
import { Age } from "~/ui/Age";
import { type Column, DataTable } from "~/ui/DataTable";
import { Dialog } from "~/ui/Dialog";
import { Page } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { NewToken } from "./NewToken";

type Token = Schemas["Token"];
type Shown = "members" | "programs" | "sessions" | "ended";
const NONE: Token[] = [];

/** Returns which list a token belongs to. */
export function listOf(token: Token, now: number): Shown {
  const over = token.revoked_at || (token.expires_at && Date.parse(token.expires_at) <= now);
  if (over) return "ended";
  if (token.session) return "sessions";
  return token.kind === "admin" ? "members" : "programs";
}

export function TokensPage() {
  const refused = useRefusal();
  const { data: tokens = NONE } = useQuery(queries.tokens);
  const [shown, setShown] = useState<Shown>("members");
  const [sorting, setSorting] = useState([{ id: "made", desc: true }]);
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<Schemas["MadeToken"]>();
  const [ended, setEnded] = useState<Token>();
  const revoke = useMutate({
    run: ({ token, reason }: { token: string; reason: string }) =>
      unwrap(api.DELETE("/api/v1/tokens/{token}", { params: { path: { token } }, body: { reason } as never })),
    quiet: true,
    touches: [["tokens"]],
    done: () => "Revoked: it and its streams have ended",
  });
  const now = Date.now();
  const rows = tokens.filter((token) => listOf(token, now) === shown);
  return (
    <Page
      title="Tokens and members"
      fill
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Which tokens"
            data={[
              { value: "members", label: "Members" },
              { value: "programs", label: "Programs" },
              { value: "sessions", label: "Sessions" },
              { value: "ended", label: "Ended" },
            ]}
            value={shown}
            onChange={(next) => setShown(next as Shown)}
          />
          <Act size="xs" refused={refused("tokens", "anywhere")} onClick={() => setAdding(true)}>
            New token
          </Act>
        </>
      }
    >
      <DataTable
        label="Tokens"
        rows={rows}
        columns={columns(setEnded)}
        rowKey={(row) => row.id}
        sorting={sorting}
        onSorting={setSorting as never}
        empty={<p className="dim">None here.</p>}
      />
      {adding && (
        <NewToken
          onClose={() => setAdding(false)}
          onMade={(made) => {
            setAdding(false);
            setSecret(made);
          }}
        />
      )}
      {secret && <Secret made={secret} onClose={() => setSecret(undefined)} />}
      {ended && (
        <Confirm
          title={`Revoke ${ended.name || ended.id}`}
          verb="Revoke"
          danger
          onClose={() => setEnded(undefined)}
          onConfirm={async (reason) => {
            await revoke.mutateAsync({ token: ended.id, reason });
            setEnded(undefined);
          }}
        >
          <p>
            It ends at once here and within seconds on every other node, with the sessions that were made from it.
            Programs that use it get their own fallbacks.
          </p>
        </Confirm>
      )}
    </Page>
  );
}

function Secret({ made, onClose }: { made: Schemas["MadeToken"]; onClose: () => void }) {
  return (
    <Dialog onClose={onClose} title="Keep this token" size="lg">
      <div className="stack">
        <p>This is the only time that it is shown.</p>
        <code className="user-text">{made.secret}</code>
        <CopyButton value={made.secret}>
          {({ copied, copy }) => (
            <Button size="xs" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </div>
    </Dialog>
  );
}

function columns(onRevoke: (token: Token) => void): Column<Token>[] {
  return [
    {
      id: "name",
      head: "Name",
      width: "minmax(100px, 1.3fr)",
      value: (row) => row.name,
      cell: (row) => <span className="clip user-text">{row.name}</span>,
    },
    {
      id: "kind",
      head: "May",
      width: "96px",
      value: (row) => row.role ?? row.kind,
      cell: (row) => <Tag tone={row.role === "admin" ? "warn" : "quiet"}>{row.role ?? row.kind}</Tag>,
    },
    {
      id: "scope",
      head: "Where",
      width: "minmax(110px, 1fr)",
      wide: true,
      value: (row) => `${row.project ?? ""}/${row.environment ?? ""}`,
      cell: (row) => (
        <span className="clip">
          {row.project ? (
            `${row.project}${row.environment ? ` / ${row.environment}` : ""}`
          ) : (
            <span className="dim">everywhere</span>
          )}
        </span>
      ),
    },
    {
      id: "id",
      head: "Id",
      width: "142px",
      wide: true,
      value: (row) => row.id,
      cell: (row) => <span className="mono clip">{row.id}</span>,
    },
    {
      id: "used",
      head: "Used",
      width: "86px",
      wide: true,
      value: (row) => row.last_used_at ?? "",
      cell: (row) => <Age at={row.last_used_at} />,
    },
    {
      id: "made",
      head: "Made",
      width: "86px",
      wide: true,
      value: (row) => row.created_at,
      cell: (row) => <Age at={row.created_at} />,
    },
    {
      id: "ends",
      head: "Ends",
      width: "86px",
      value: (row) => row.revoked_at ?? row.expires_at ?? "9",
      cell: (row) =>
        row.revoked_at ? (
          <Tag tone="bad">revoked</Tag>
        ) : row.expires_at ? (
          <Age at={row.expires_at} />
        ) : (
          <span className="dim">never</span>
        ),
    },
    {
      id: "revoke",
      head: <span className="visually-hidden">End it</span>,
      width: "82px",
      cell: (row) =>
        row.revoked_at ? null : (
          <Button
            size="compact-xs"
            variant="subtle"
            color="red"
            onClick={() => onRevoke(row)}
            aria-label={`Revoke ${row.name}`}
          >
            Revoke
          </Button>
        ),
    },
  ];
}
