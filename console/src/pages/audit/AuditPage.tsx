/** The audit log: filtered by the address, each record with its difference, the chain checked on demand. */
import { TextInput } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { useMutate } from "~/api/mutate";
import { useParts } from "~/api/parts";
import * as queries from "~/api/queries";
import { AuditList } from "~/components/AuditList";
import { Rest } from "~/components/Rest";
import { useRefusal } from "~/hooks/useRefusal";
import type { AuditSearch } from "~/routes";
import { Act } from "~/ui/Act";
import { Page, Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { count } from "~/util/number";
import styles from "./AuditPage.module.css";

export function AuditPage() {
  const search = useSearch({ from: "/shell/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const day = (text: string | undefined, end: string) => (text ? `${text}T${end}Z` : undefined);
  const wish = {
    actor: search.actor,
    action: search.action,
    subject: search.subject,
    subject_kind: search.kind,
    since: day(search.since, "00:00:00"),
    until: day(search.until, "23:59:59"),
  };
  const list = useParts(queries.audit(wish));
  const set = (change: AuditSearch) => void navigate({ search: (was) => ({ ...was, ...change }), replace: true });
  return (
    <Page
      title="Audit log"
      note="Everything that was changed, by whom and why. Records are chained: none can be edited or removed unseen."
      actions={<Verify />}
    >
      <div className={styles.filters}>
        <Filter label="Who" value={search.actor} onChange={(actor) => set({ actor })} />
        <Filter
          label="Action"
          placeholder="flag.targeting"
          value={search.action}
          onChange={(action) => set({ action })}
        />
        <Filter label="Kind" placeholder="flag" value={search.kind} onChange={(kind) => set({ kind })} />
        <Filter label="Key" value={search.subject} onChange={(subject) => set({ subject })} />
        <Filter label="Since" type="date" value={search.since} onChange={(since) => set({ since })} />
        <Filter label="Until" type="date" value={search.until} onChange={(until) => set({ until })} />
      </div>
      <Panel flush>
        {list.rows.length === 0 ? (
          <p className={`${styles.none} dim`}>{list.isPending ? "" : "No record is like that."}</p>
        ) : (
          <AuditList entries={list.rows} wide />
        )}
        <Rest list={list} words={(shown) => `The newest ${shown}`} />
      </Panel>
    </Page>
  );
}

type FilterProps = {
  label: string;
  value?: string;
  placeholder?: string;
  type?: string;
  onChange: (value: string | undefined) => void;
};

function Filter({ label, value, placeholder, type, onChange }: FilterProps) {
  const [text, setText] = useState(value ?? "");
  const settle = () => text !== (value ?? "") && onChange(text || undefined);
  return (
    <TextInput
      label={label}
      type={type}
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event) => event.key === "Enter" && settle()}
    />
  );
}

function Verify() {
  const refused = useRefusal();
  const [verdict, setVerdict] = useState<Schemas["AuditCheck"]>();
  const check = useMutate({ run: () => unwrap(api.GET("/api/v1/audit/verify")), touches: [], onSuccess: setVerdict });
  return (
    <>
      {verdict && (
        <span role="status">
          {verdict.sound ? (
            <Tag tone="good" dot>
              {count(verdict.checked)} records are sound
            </Tag>
          ) : (
            <Tag tone="bad" dot>
              record {verdict.first_bad} was {verdict.fault}
            </Tag>
          )}
        </span>
      )}
      <Act
        size="xs"
        variant="default"
        refused={refused("audit", "anywhere")}
        loading={check.isPending}
        onClick={() => check.mutate(undefined)}
      >
        Check the chain
      </Act>
    </>
  );
}
