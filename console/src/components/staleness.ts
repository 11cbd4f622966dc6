/** Staleness in words: how far a flag is on its way out, and why. */
import type { Schemas } from "~/api/client";
import type { Tone } from "~/ui/Tag";

type Staleness = Schemas["Staleness"];

export const STATES: Record<string, { word: string; tone: Tone }> = {
  live: { word: "live", tone: "quiet" },
  watching: { word: "watching", tone: "accent" },
  candidate: { word: "has done its work", tone: "warn" },
  cleanup_open: { word: "cleanup is open", tone: "accent" },
  code_removed: { word: "out of the code", tone: "good" },
  ready_to_archive: { word: "ready to archive", tone: "good" },
  archived: { word: "archived", tone: "quiet" },
};

export const REASONS: Record<string, string> = {
  expired: "its day has passed",
  rolled_out: "everybody has it",
  rolled_back: "it was taken back, and stayed so",
  no_evaluations: "nobody asks for it",
  no_references: "no code has it",
  no_expiry: "it has no day to be gone by",
  owner_gone: "nobody answers for it",
  retired_in_code: "code still has it although it is retired",
};

export const SEVERITIES: Record<string, Tone> = { info: "quiet", warn: "warn", candidate: "warn", error: "bad" };

/** Returns the verdict in a few words, with its tone. */
export function verdictOf(judged: Staleness): { word: string; tone: Tone } {
  const state = STATES[judged.state] ?? { word: judged.state, tone: "quiet" as Tone };
  const [gravest] = judged.findings;
  if (judged.snooze) return { word: "snoozed", tone: "quiet" };
  // While it is only watched, what was found says more.
  if (!gravest || (judged.state !== "live" && judged.state !== "watching")) return state;
  return { word: REASONS[gravest.reason] ?? gravest.reason, tone: SEVERITIES[gravest.severity] ?? "quiet" };
}
