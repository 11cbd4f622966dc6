/** What the server stores of a decision and of a standing: read here once, and never worked out again. */
import type { Schemas } from "~/api/client";
import { count, measure } from "~/util/number";
import { parseSpan, span } from "~/util/time";

type Rollout = Schemas["Rollout"];
type Decision = Schemas["Decision"];
type Arms = { n_treatment: number; n_control: number; x_treatment: number; x_control: number };

/** What a guard against the control has counted, and what follows from it. */
export type Compared = {
  stage: number;
  strata: (Arms & { stage: number })[];
  /** Units, for a metric that counts them: the strata then hold sums over intervals. */
  units?: Arms;
  /** For a metric of values: what they come to in each arm, and over how many. */
  values?: {
    treatment: { units: number };
    control: { units: number };
    treatment_level: number;
    control_level: number;
    /** The share of single values that was cut at the metric's cap. */
    treatment_capped_share?: number;
    control_capped_share?: number;
  };
  log_safe: number;
  log_safe_needed: number | null;
  /** What lets the stage be left although that is not reached, and how near it is; absent where nothing does. */
  relaxed?: { limit: number; end: number | null };
  contribution: number | null;
  alpha: number;
  observed: string;
  maturity: string;
  ratio: { estimate: number | null; lower: number | null; upper: number | null };
  needs: { treated: number; time: string | null } | null;
};

/** What a guard saw and says. */
export type GuardFacts = {
  guard: string;
  verdict: string;
  summary: string;
  value: number | null;
  limit: Record<string, unknown>;
  unit: string;
  log_evidence: number | null;
  log_needed: number | null;
  compared?: Compared | null;
  /** Why there is no data, in words. */
  because?: string;
  /** How many intervals since the stage was entered were judged, refused because their counts cannot be, and dropped
   * because nothing was heard of what events are counted out of. */
  intervals?: { judged: number; refused: number; dropped?: number };
};

/** All guards against the control together. */
export type Combined = { log_evidence: number; log_needed: number; guard: string | null };

/** Whether units arrive as they are sent. */
export type Shares = {
  treatment: number;
  control: number;
  expected: number;
  log_evidence: number;
  log_needed: number;
};

export type Standing = { guards: GuardFacts[]; combined: Combined | null; shares: Shares | null };

export type StageFacts = { name: string; number: number; of: number; baked: string; bake: string; treated: number };

export type Rationale = {
  action?: string;
  stage?: StageFacts | null;
  guards?: GuardFacts[];
  combined?: Combined | null;
  shares?: Shares | null;
};

/** Returns the facts behind a decision. */
export function rationaleOf(decision: Decision | undefined): Rationale {
  return (decision?.rationale ?? {}) as Rationale;
}

/** Returns how the guards of the present stage stand; after the end, how they stood when it was decided. */
export function standingOf(rollout: Rollout, decisions: Decision[]): Standing {
  const now = rollout.stage?.standing as Partial<Standing> | undefined;
  if (now?.guards) return { guards: now.guards, combined: now.combined ?? null, shares: now.shares ?? null };
  const last = decisions.findLast((decision) => (rationaleOf(decision).guards ?? []).length > 0);
  const { guards = [], combined = null, shares = null } = rationaleOf(last);
  return { guards, combined, shares };
}

/** Returns what a guard counted at its stage; nothing for a metric of values. */
export function armsOf(compared: Compared): Arms | undefined {
  return compared.units ?? compared.strata.find((stratum) => stratum.stage === compared.stage);
}

/** Returns how much of the evidence that is needed there is, 0 to 1: logarithms compare as lengths. */
export function evidenceShare(log: number | null | undefined, needed: number | null | undefined): number | null {
  if (log === null || log === undefined || !needed) return null;
  return Math.max(0, Math.min(1, log / needed));
}

/** Returns what a guard says, in words, with what it still needs. */
export function verdictWords(facts: GuardFacts): string {
  const { compared, verdict } = facts;
  switch (verdict) {
    case "collecting":
      return compared?.needs
        ? `needs ${outlook(compared.needs)}`
        : "needs more data: nothing was counted that tells yet";
    case "pass":
      if (compared && isRelaxed(compared)) {
        const { limit, end } = compared.relaxed ?? {};
        return `is let through by its relaxed limit alone (the 95 % sequence ends at ${measure(end, "")}, enough is ${measure(limit, "")}): that it is not much worse than the control is not shown`;
      }
      return compared ? "is shown not to be much worse than the control" : "is within its limit";
    case "inconclusive":
      return compared ? "is under suspicion" : "is beyond its limit, and not yet surely so";
    case "breach":
      return compared ? "is worse than the control, beyond doubt" : "is beyond its limit";
    case "not_judged":
      return "has no control to be compared with here";
    default:
      return facts.because ? `has no data: ${facts.because}` : "has no data";
  }
}

/** Returns whether less is shown than is asked for, so that only a relaxed limit lets a passing guard go. */
function isRelaxed({ relaxed, log_safe, log_safe_needed }: Compared): boolean {
  return relaxed !== undefined && log_safe_needed !== null && log_safe < log_safe_needed;
}

function outlook({ treated, time }: { treated: number; time: string | null }): string {
  const more = `about ${count(rounded(treated))} more treated`;
  const ms = time === null ? undefined : parseSpan(time);
  return ms === undefined ? more : `${more}, ${span(ms)} at today’s traffic`;
}

/** An estimate has two digits that mean something. */
function rounded(value: number): number {
  const size = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / size) * size;
}

/** Returns what a stage still waits for, each in words; nothing if it is left at the next look. */
export function missing(rollout: Rollout): string[] {
  const stage = rollout.stage;
  if (!stage) return [];
  const found = standingOf(rollout, [])
    .guards.filter((facts) => facts.verdict !== "pass" && facts.verdict !== "not_judged")
    .map((facts) => `${facts.guard} ${verdictWords(facts)}`);
  const bake = (parseSpan(stage.bake) ?? 0) - (parseSpan(stage.baked) ?? 0);
  if (bake > 0) found.push(`${span(bake)} more of observed health`);
  const units = stage.minimum_treated - stage.treated;
  if (units > 0) found.push(`${count(units)} more treated units`);
  if (rollout.plan.stages[stage.index]?.gate === "approval" && !stage.promoted) found.push("approval by a person");
  return found;
}
