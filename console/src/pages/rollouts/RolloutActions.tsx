/** The buttons of a rollout. Pausing and rolling back never need approval; all of them say what they will do. */
import { Button, Tooltip } from "@mantine/core";
import { useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { useMutate } from "~/api/mutate";
import { Confirm } from "~/components/Confirm";
import { useShortcuts } from "~/hooks/useShortcut";
import { type Offer, offers, type Verb } from "./actions";

type Props = { rollout: Schemas["Rollout"]; isProtected: boolean };

export function RolloutActions({ rollout, isProtected }: Props) {
  const [asked, setAsked] = useState<Offer>();
  const all = offers(rollout);
  const command = useMutate({
    run: ({ verb, reason }: { verb: Verb; reason: string }) => run(rollout, verb, reason),
    touches: [
      ["project", rollout.project, "rollout", rollout.id],
      ["project", rollout.project, "decisions", rollout.id],
      ["project", rollout.project, "rollouts"],
      ["project", rollout.project, "overview"],
    ],
    done: (outcome) => outcome.summary,
  });
  useShortcuts(
    all.map((offer) => ({
      key: offer.key,
      label: offer.label,
      run: () => setAsked(offer),
      disabled: offer.refused !== undefined,
    })),
  );
  const forward = asked?.verb === "promote" || asked?.verb === "resume";
  return (
    <>
      {all.map((offer) => (
        <Tooltip key={offer.verb} label={offer.refused ?? offer.effect}>
          <Button
            size="xs"
            variant={offer.danger ? "filled" : "default"}
            color={offer.danger ? "red" : undefined}
            data-disabled={offer.refused !== undefined || undefined}
            aria-disabled={offer.refused !== undefined}
            onClick={() => offer.refused === undefined && setAsked(offer)}
          >
            {offer.label}
          </Button>
        </Tooltip>
      ))}
      {asked && (
        <Confirm
          title={`${asked.label}: ${rollout.flag} in ${rollout.environment}`}
          verb={asked.label}
          danger={asked.danger}
          needsReason={asked.verb === "promote"}
          typed={isProtected && forward ? { what: "environment", text: rollout.environment } : undefined}
          onClose={() => setAsked(undefined)}
          onConfirm={async (reason) => {
            await command.mutateAsync({ verb: asked.verb, reason });
            setAsked(undefined);
          }}
        >
          <p>{asked.effect}</p>
        </Confirm>
      )}
    </>
  );
}

function run(rollout: Schemas["Rollout"], verb: Verb, reason: string) {
  const params = { path: { project: rollout.project, rollout: rollout.id } };
  const body = { reason };
  switch (verb) {
    case "pause":
      return unwrap(api.POST("/api/v1/projects/{project}/rollouts/{rollout}/pause", { params, body }));
    case "resume":
      return unwrap(api.POST("/api/v1/projects/{project}/rollouts/{rollout}/resume", { params, body }));
    case "promote":
      return unwrap(
        api.POST("/api/v1/projects/{project}/rollouts/{rollout}/promote", {
          params,
          body: { reason, entry: rollout.stage?.entry },
        }),
      );
    case "rollback":
      return unwrap(api.POST("/api/v1/projects/{project}/rollouts/{rollout}/rollback", { params, body }));
    case "cancel":
      return unwrap(api.POST("/api/v1/projects/{project}/rollouts/{rollout}/cancel", { params, body }));
  }
}
