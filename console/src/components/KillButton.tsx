/** The kill switch: one key, one confirmation. Off is the safe direction, so nothing is typed; on in a protected place is. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "~/api/client";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { useShortcuts } from "~/hooks/useShortcut";
import { Confirm } from "./Confirm";

type Props = { project: string; flag: string; environment: string };

export function KillButton({ project, flag, environment }: Props) {
  const [asked, setAsked] = useState(false);
  const { data } = useQuery(queries.flag(project, flag));
  const { data: environments = [] } = useQuery(queries.environments(project));
  const served = data?.value.environments?.find((each) => each.environment === environment);
  const isProtected = environments.find((each) => each.key === environment)?.protected ?? false;
  const on = served?.targeting.enabled ?? true;
  const off = served?.targeting.off_variant ?? "its off variant";
  const act = useMutate({
    run: (reason: string) => {
      const options = { params: { path: { project, flag, environment } }, body: { reason } };
      return on
        ? unwrap(api.POST("/api/v1/projects/{project}/flags/{flag}/environments/{environment}/off", options))
        : unwrap(api.POST("/api/v1/projects/{project}/flags/{flag}/environments/{environment}/on", options));
    },
    touches: [["project", project]],
    done: (change) => `${flag} is ${on ? "off" : "on"} in ${environment}, generation ${change.generation}`,
  });
  useShortcuts([{ key: "k", label: on ? `Switch ${flag} off` : `Switch ${flag} on`, run: () => setAsked(true) }]);
  return (
    <>
      <Button
        size="xs"
        color={on ? "red" : undefined}
        variant={on ? "outline" : "filled"}
        onClick={() => setAsked(true)}
      >
        {on ? "Switch off" : "Switch on"}
      </Button>
      {asked && (
        <Confirm
          title={`Switch ${flag} ${on ? "off" : "on"} in ${environment}`}
          verb={on ? "Switch off" : "Switch on"}
          danger={on}
          typed={isProtected && !on ? { what: "environment", text: environment } : undefined}
          onClose={() => setAsked(false)}
          onConfirm={async (reason) => {
            await act.mutateAsync(reason);
            setAsked(false);
          }}
        >
          <p>
            {on ? (
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
