/** The curve of a guard, taken from the stored decisions: what each of them saw, in order. Nothing is judged here. */
import type { Schemas } from "~/api/client";

type Decision = Schemas["Decision"];

export type Point = {
  /** Seconds since the epoch. */
  at: number;
  value: number | null;
  control: number | null;
  low: number | null;
  high: number | null;
  verdict: string;
  /** Evidence against health as a part of what makes a breach, 0 to 1. */
  evidence: number | null;
};

export type Mark = { at: number; label: string; kind: "stage" | "decision" };

export type GuardSeries = {
  guard: string;
  unit: string;
  side: "above" | "below" | undefined;
  limit: number | undefined;
  points: Point[];
};

type Seen = {
  guard?: string;
  verdict?: string;
  value?: number | null;
  control?: number | null;
  lower?: number | null;
  upper?: number | null;
  unit?: string;
  limit?: Record<string, unknown> | null;
  log_evidence?: number | null;
  log_needed?: number | null;
};

type Facts = { guards?: Seen[]; action?: string; stage?: { name?: string; number?: number } | null };

/** Returns one series for each guard that a decision names, in the order of their first appearance. */
export function seriesOf(decisions: Decision[]): GuardSeries[] {
  const found = new Map<string, GuardSeries>();
  for (const decision of decisions) {
    const at = Date.parse(decision.at) / 1_000;
    for (const seen of (decision.rationale as Facts).guards ?? []) {
      if (!seen.guard) continue;
      const [side, limit] = Object.entries(seen.limit ?? {})[0] ?? [];
      const series = found.get(seen.guard) ?? {
        guard: seen.guard,
        unit: seen.unit ?? "",
        side: undefined,
        limit: undefined,
        points: [],
      };
      series.side = side === "above" || side === "below" ? side : series.side;
      series.limit = typeof limit === "number" ? limit : series.limit;
      series.points.push({
        at,
        value: seen.value ?? null,
        control: seen.control ?? null,
        low: seen.lower ?? null,
        high: seen.upper ?? null,
        verdict: seen.verdict ?? "no_data",
        evidence: evidenceShare(seen.log_evidence, seen.log_needed),
      });
      found.set(seen.guard, series);
    }
  }
  return [...found.values()];
}

/** Returns how much of the evidence for a breach there is: logarithms compare as lengths. */
export function evidenceShare(log: number | null | undefined, needed: number | null | undefined): number | null {
  if (log === null || log === undefined || !needed) return null;
  return Math.max(0, Math.min(1, log / needed));
}

const TURNS: Record<string, string> = {
  start: "start",
  advance: "",
  step_back: "step back",
  pause: "pause",
  resume: "resume",
  roll_back: "rolled back",
  complete: "complete",
  cancel: "cancelled",
};

/** Returns the moments at which the share changed or the rollout stopped. */
export function marksOf(decisions: Decision[]): Mark[] {
  return decisions.flatMap((decision, index) => {
    const facts = decision.rationale as Facts;
    const turn = TURNS[facts.action ?? ""];
    if (turn === undefined) return [];
    const at = Date.parse(decision.at) / 1_000;
    const entered = (decisions[index + 1]?.rationale as Facts | undefined)?.stage?.name;
    const stage = facts.action === "advance" || facts.action === "start";
    return [{ at, label: stage ? (entered ?? turn) : turn, kind: stage ? "stage" : "decision" } as Mark];
  });
}
