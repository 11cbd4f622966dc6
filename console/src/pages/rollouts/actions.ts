/** What people can ask of a rollout, when they can, and what it will do. Each sentence is exact. */
import type { Schemas } from "~/api/client";
import { count, percent } from "~/util/number";

type Rollout = Schemas["Rollout"];

export type Verb = "pause" | "resume" | "promote" | "rollback" | "cancel";

export type Offer = {
  verb: Verb;
  label: string;
  key: string;
  danger?: boolean;
  /** Why it cannot be asked now; absent when it can. */
  refused?: string;
  /** What it will do. */
  effect: string;
};

const OVER = ["completed", "rolled_back", "cancelled"];

/** Returns whether a rollout is over. */
export function isOver(rollout: Rollout): boolean {
  return OVER.includes(rollout.phase);
}

/** Returns everything that can be asked of a rollout. */
export function offers(rollout: Rollout): Offer[] {
  const over = isOver(rollout) ? "The rollout is over" : undefined;
  const paused = rollout.phase === "paused";
  const scheduled = rollout.phase === "scheduled";
  const stage = rollout.stage;
  const here = stage ? `${percent(stage.percentage)}${stage.audience ? ` of ${stage.audience}` : ""}` : "its share";
  const next = stage ? rollout.plan.stages[stage.index + 1] : undefined;
  const treated = stage ? count(stage.treated) : "0";
  return [
    {
      verb: paused ? "resume" : "pause",
      label: paused ? "Resume" : "Pause",
      key: "p",
      refused: over ?? (scheduled ? "It has not started yet" : undefined),
      effect: paused
        ? `Goes on at ${here}. The bake of the stage begins anew; evidence of harm is kept, except that of a guard in breach.`
        : `Stays at ${here} until somebody resumes it. Guards go on watching, and can still take it back.`,
    },
    {
      verb: "promote",
      label: "Promote",
      key: "m",
      refused: over ?? (paused ? "It is paused: resume it first" : scheduled ? "It has not started yet" : undefined),
      effect: next
        ? `Leaves ${here} for ${percent(next.percentage)}${next.audience ? ` of ${next.audience}` : ""}, whatever bake or treated units are missing. A breach still takes it back.`
        : `Completes the rollout: ${stage?.variant ?? rollout.plan.treatment} becomes the default for everyone.`,
    },
    {
      verb: "rollback",
      label: "Roll back",
      key: "b",
      danger: true,
      refused: over,
      effect: `Everyone gets what they had before the rollout (${rollout.control}). The ${treated} treated units of this stage lose ${stage?.variant ?? rollout.plan.treatment}. The rollout is over.`,
    },
    {
      verb: "cancel",
      label: "Cancel",
      key: "Backspace",
      refused: over,
      effect: `Ends the rollout and leaves the flag as it is now, at ${here}. Nobody gets anything else by it.`,
    },
  ];
}
