/** The kill switch: one key, one confirmation. Off is the safe direction, so nothing is typed; on in a protected place is. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "~/api/client";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { placeOf, useRefusal } from "~/hooks/useRefusal";
import { useShortcuts } from "~/hooks/useShortcut";
import { Act } from "~/ui/Act";
import { Confirm } from "./Confirm";

type Props = { project: string; flag: string; environment: string };

export function KillButton({ project, flag, environment }: Props) {
  // What was asked for when the dialog opened. Somebody else may switch the flag meanwhile, and the answer is still to this.
  const [asked, setAsked] = useState<"on" | "off">();
  const { data } = useQuery(queries.flag(project, flag));
  const { data: environments = [] } = useQuery(queries.environments(project));
  const served = data?.value.environments?.find((each) => each.environment === environment);
  const isProtected = environments.find((each) => each.key === environment)?.protected ?? false;
  const on = served?.targeting.enabled ?? true;
  const off = served?.targeting.off_variant ?? "its off variant";
  const act = useMutate({
    run: ({ to, reason }: { to: "on" | "off"; reason: string }) => {
      const options = { params: { path: { project, flag, environment } }, body: { reason } };
      return to === "off"
        ? unwrap(api.POST("/api/v1/projects/{project}/flags/{flag}/environments/{environment}/off", options))
        : unwrap(api.POST("/api/v1/projects/{project}/flags/{flag}/environments/{environment}/on", options));
    },
    quiet: true,
    touches: [["project", project]],
    done: (change, { to }) => `${flag} is ${to} in ${environment}, generation ${change.generation}`,
  });
  const ask = () => setAsked((was) => was ?? (on ? "off" : "on"));
  const refused = useRefusal()(on ? "stop" : "edit", placeOf(isProtected));
  const label = on ? `Switch ${flag} off` : `Switch ${flag} on`;
  useShortcuts([{ key: "k", label, run: ask, disabled: refused !== undefined }]);
  return (
    <>
      <Act
        size="xs"
        color={on ? "red" : undefined}
        variant={on ? "outline" : "filled"}
        refused={refused}
        hotkey="k"
        onClick={ask}
      >
        {on ? "Switch off" : "Switch on"}
      </Act>
      {asked && (
        <Confirm
          title={`Switch ${flag} ${asked} in ${environment}`}
          verb={asked === "off" ? "Switch off" : "Switch on"}
          danger={asked === "off"}
          typed={isProtected && asked === "on" ? { what: "environment", text: environment } : undefined}
          onClose={() => setAsked(undefined)}
          onConfirm={async (reason) => {
            await act.mutateAsync({ to: asked, reason });
            setAsked(undefined);
          }}
        >
          <p>
            {asked === "off" ? (
              <>
                Everyone in {environment} gets <code>{off}</code> at once, whatever rules and rollouts say. A rollout of
                the flag pauses.
              </>
            ) : (
              <>The flag's rules, its rollout and its default apply again in {environment}.</>
            )}
          </p>
        </Confirm>
      )}
    </>
  );
}
