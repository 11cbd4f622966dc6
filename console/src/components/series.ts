/** The curves of guards: what was stored of each look and of each decision, in order. Nothing is judged here. */
import type { Schemas } from "~/api/client";
import { rationaleOf } from "./facts";

type Decision = Schemas["Decision"];
type Look = Schemas["Look"];
type Stored = Schemas["GuardPoint"];

export type Point = {
  /** Seconds since the epoch. */
  at: number;
  /** The stage, from 0. Sums begin anew with each, so no line goes from one to the next. */
  stage: number;
  value: number | null;
  control: number | null;
  low: number | null;
  high: number | null;
  limit: number | null;
  verdict: string;
};

export type Mark = { at: number; label: string; kind: "stage" | "decision" };

export type GuardSeries = { guard: string; unit: string; side: "above" | "below" | "control"; points: Point[] };

/** Returns one series for each guard that was seen, in the order of their first appearance. */
export function seriesOf(looks: Look[], decisions: Decision[]): GuardSeries[] {
  const found = new Map<string, GuardSeries>();
  const put = (at: number, stage: number, stored: Stored) => {
    const series = found.get(stored.guard) ?? { guard: stored.guard, unit: "", side: "above", points: [] };
    series.points.push(pointOf(at, stage, stored));
    found.set(stored.guard, series);
  };
  for (const look of looks) for (const point of look.guards) put(seconds(look.at), look.stage, point);
  for (const decision of decisions) {
    const { guards = [], stage } = rationaleOf(decision);
    for (const point of decision.points ?? []) put(seconds(decision.at), (stage?.number ?? 1) - 1, point);
    for (const facts of guards) {
      const series = found.get(facts.guard);
      const [side] = Object.keys(facts.limit ?? {});
      if (series) Object.assign(series, { unit: facts.unit, side: side ?? series.side });
    }
  }
  return [...found.values()].map((series) => ({ ...series, points: inOrder(series.points) }));
}

function seconds(at: string): number {
  return Date.parse(at) / 1_000;
}

function pointOf(at: number, stage: number, stored: Stored): Point {
  const { treatment = null, control = null, upper = null, limit = null } = stored;
  // Where nothing excludes a value close to 0, the band goes down to it.
  const low = stored.lower ?? (upper === null ? null : 0);
  return { at, stage, value: treatment, control, low, high: upper, limit, verdict: stored.verdict };
}

/** A decision that is news was a look as well: one of the two is enough. */
function inOrder(points: Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.at - b.at || a.stage - b.stage);
  return sorted.filter((point, index) => point.at !== sorted[index + 1]?.at);
}

/** Returns points with a gap wherever the stage changed. */
export function withGaps(points: Point[]): Point[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (!before || before.stage === point.stage) return [point];
    const at = (before.at + point.at) / 2;
    const gap = { ...point, at, value: null, control: null, low: null, high: null, limit: null };
    return [gap, point];
  });
}

/** Returns why there is no line of the control; nothing if there is one. */
export function whyAlone(points: Point[], isCompared: boolean): string | undefined {
  if (points.some((point) => point.control !== null)) return undefined;
  if (!isCompared) return "no control: a fixed limit is held against the treated alone";
  if (points.at(-1)?.verdict === "not_judged") return "no control: at this stage nobody is left to compare with";
  return "no control yet: nothing was heard of both";
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
    const { action = "" } = rationaleOf(decision);
    const turn = TURNS[action];
    if (turn === undefined) return [];
    const entered = rationaleOf(decisions[index + 1]).stage?.name;
    const stage = action === "advance" || action === "start";
    return [{ at: seconds(decision.at), label: stage ? (entered ?? turn) : turn, kind: stage ? "stage" : "decision" }];
  });
}
