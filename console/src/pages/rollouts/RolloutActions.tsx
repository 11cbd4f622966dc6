/** The buttons of a rollout. Pausing and rolling back never need approval; all of them say what they will do. */
import { useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { useMutate } from "~/api/mutate";
import { Confirm } from "~/components/Confirm";
import { placeOf, useRefusal } from "~/hooks/useRefusal";
import { useShortcuts } from "~/hooks/useShortcut";
import { Act } from "~/ui/Act";
import { type Offer, offers, type Verb } from "./actions";

type Props = { rollout: Schemas["Rollout"]; isProtected: boolean };

export function RolloutActions({ rollout, isProtected }: Props) {
  const [asked, setAsked] = useState<Offer>();
  const refused = useRefusal();
  const all = offers(rollout).map((offer) => ({
    ...offer,
    refused: offer.refused ?? refused(isForward(offer) ? "advance" : "stop", placeOf(isProtected)),
  }));
  const command = useMutate({
    run: ({ verb, reason }: { verb: Verb; reason: string }) => run(rollout, verb, reason),
    quiet: true,
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
  const forward = asked !== undefined && isForward(asked);
  return (
    <>
      {all.map((offer) => (
        <Act
          key={offer.verb}
          size="xs"
          variant={offer.danger ? "filled" : "default"}
          color={offer.danger ? "red" : undefined}
          refused={offer.refused}
          effect={offer.effect}
          hotkey={offer.key}
          onClick={() => setAsked(offer)}
        >
          {offer.label}
        </Act>
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

/** Whether it raises somebody to the variant; everything else is the safe direction. */
function isForward({ verb }: Offer): boolean {
  return verb === "promote" || verb === "resume";
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
