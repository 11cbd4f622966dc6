/** Leaves people alone about a flag for a while, with a reason; or no longer. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { useMutate } from "~/api/mutate";
import { useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";
import { day } from "~/util/time";
import { Confirm } from "./Confirm";

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;

export function SnoozeButton({ project, judged }: { project: string; judged: Schemas["Staleness"] }) {
  const refused = useRefusal();
  const [asked, setAsked] = useState(false);
  const [until, setUntil] = useState(() => new Date(Date.now() + USUAL_DAYS * DAY_MS).toISOString().slice(0, 10));
  const params = { path: { project, flag: judged.flag } };
  const act = useMutate({
    run: async (reason: string) => {
      if (judged.snooze) await unwrap(api.DELETE("/api/v1/projects/{project}/flags/{flag}/snooze", { params }));
      else {
        const body = { until: new Date(until).toISOString(), reason };
        await unwrap(api.PUT("/api/v1/projects/{project}/flags/{flag}/snooze", { params, body }));
      }
    },
    quiet: true,
    touches: [["project", project, "staleness"]],
    done: () => (judged.snooze ? "No longer snoozed" : `Snoozed until ${day(until)}`),
  });
  return (
    <>
      <Act size="compact-xs" variant="default" refused={refused("edit", "project")} onClick={() => setAsked(true)}>
        {judged.snooze ? "Wake" : "Snooze"}
      </Act>
      {asked && (
        <Confirm
          title={`${judged.snooze ? "Wake" : "Snooze"} ${judged.flag}`}
          verb={judged.snooze ? "Wake" : "Snooze"}
          withReason={!judged.snooze}
          needsReason={!judged.snooze}
          onClose={() => setAsked(false)}
          onConfirm={async (reason) => {
            await act.mutateAsync(reason);
            setAsked(false);
          }}
        >
          {judged.snooze ? (
            <p>It is told again, and fails checks again.</p>
          ) : (
            <TextInput
              label="Until"
              description="At most a year. It is still judged; nobody is told, and no check fails."
              type="date"
              required
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
          )}
        </Confirm>
      )}
    </>
  );
}
