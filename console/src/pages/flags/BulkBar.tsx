/** What can be done with several flags at once. Off is the safe direction and needs one word; on asks. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { useMutate } from "~/api/mutate";
import { Confirm } from "~/components/Confirm";
import { placeOf, useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";
import styles from "./BulkBar.module.css";
import type { Row } from "./filter";

type Props = {
  project: string;
  environment: Schemas["Environment"] | undefined;
  picked: ReadonlySet<string>;
  rows: Row[];
  onDone: () => void;
};
type Deed = "off" | "archive";

export function BulkBar({ project, environment, picked, rows, onDone }: Props) {
  const refused = useRefusal();
  const [asked, setAsked] = useState<Deed>();
  const keys = [...picked];
  const act = useMutate({
    run: async ({ what, reason }: { what: Deed; reason: string }) => {
      for (const flag of keys) await one(project, environment?.key ?? "", flag, what, reason);
    },
    quiet: true,
    touches: [["project", project]],
    done: (_, { what }) =>
      `${keys.length} flags ${what === "off" ? `switched off in ${environment?.key}` : "archived"}`,
    onSuccess: onDone,
  });
  const serving = rows.filter((row) => picked.has(row.key) && row.environments.some((each) => each.enabled));
  return (
    <div className={styles.bar} role="toolbar" aria-label="Picked flags">
      <span className="num">{keys.length} picked</span>
      <Act
        size="compact-xs"
        color="red"
        refused={environment ? refused("stop", placeOf(environment.protected)) : "No environment is open"}
        onClick={() => setAsked("off")}
      >
        Switch off in {environment?.key ?? "…"}
      </Act>
      <Act
        size="compact-xs"
        variant="default"
        refused={
          serving.length > 0
            ? `${serving.length} of them are switched on somewhere; switch them off first`
            : refused("edit", "project")
        }
        onClick={() => setAsked("archive")}
      >
        Archive
      </Act>
      <Button size="compact-xs" variant="subtle" color="gray" onClick={onDone}>
        Clear
      </Button>
      {asked && environment && (
        <Confirm
          title={
            asked === "off" ? `Switch ${keys.length} flags off in ${environment.key}` : `Archive ${keys.length} flags`
          }
          verb={asked === "off" ? "Switch off" : "Archive"}
          danger
          typed={asked === "archive" ? undefined : undefined}
          onClose={() => setAsked(undefined)}
          onConfirm={async (reason) => {
            await act.mutateAsync({ what: asked, reason });
            setAsked(undefined);
          }}
        >
          <ul className={styles.list}>
            {keys.map((key) => (
              <li key={key} className="mono user-text">
                {key}
              </li>
            ))}
          </ul>
        </Confirm>
      )}
    </div>
  );
}

async function one(project: string, environment: string, flag: string, what: Deed, reason: string) {
  const body = { reason };
  if (what === "off") {
    const path = { project, flag, environment };
    await unwrap(
      api.POST("/api/v1/projects/{project}/flags/{flag}/environments/{environment}/off", { params: { path }, body }),
    );
  } else {
    await unwrap(
      api.POST("/api/v1/projects/{project}/flags/{flag}/archive", { params: { path: { project, flag } }, body }),
    );
  }
}
