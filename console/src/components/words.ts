/** The words of phases and verdicts, with their tones. */
import type { Schemas } from "~/api/client";
import type { Tone } from "~/ui/Tag";

type Phase = Schemas["PhaseName"];

export const PHASES: Record<Phase, { word: string; tone: Tone }> = {
  scheduled: { word: "scheduled", tone: "quiet" },
  progressing: { word: "progressing", tone: "accent" },
  paused: { word: "paused", tone: "warn" },
  completed: { word: "completed", tone: "good" },
  rolled_back: { word: "rolled back", tone: "bad" },
  cancelled: { word: "cancelled", tone: "quiet" },
};

export const VERDICTS: Record<string, { word: string; tone: Tone }> = {
  pass: { word: "passes", tone: "good" },
  breach: { word: "breach", tone: "bad" },
  inconclusive: { word: "inconclusive", tone: "warn" },
  collecting: { word: "collecting", tone: "accent" },
  not_judged: { word: "not judged here", tone: "quiet" },
  no_data: { word: "no data", tone: "quiet" },
};
