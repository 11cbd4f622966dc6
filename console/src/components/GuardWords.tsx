/** Guards as sentences: what is watched, where the limit is, and what happens beyond it. */
import type { Schemas } from "~/api/client";
import styles from "./GuardWords.module.css";

type Guard = Schemas["Guard"];

const BREACH: Record<string, string> = {
  roll_back: "rolls back to the baseline",
  step_back: "goes back a stage and pauses",
  pause: "pauses",
  notify: "tells people and holds",
};
const SILENCE: Record<string, string> = {
  hold: "hold",
  pause: "pause",
  step_back: "go back a stage",
  roll_back: "roll back",
};

/** Returns a limit in words, such as `above 3` or `worse than the control`. */
export function limitWords(limit: Guard["limit"] | undefined | null): string {
  if (!limit) return "has no limit";
  if ("above" in limit) return `above ${limit.above}`;
  if ("below" in limit) return `below ${limit.below}`;
  const margin = limit.control?.margin;
  return margin ? `worse than the control by a factor of ${margin}` : "worse than the control";
}

/** Returns what lets a stage be left although less is shown than is asked for elsewhere; nothing where nothing does. */
export function relaxedWords(limit: Guard["limit"] | undefined | null): string | undefined {
  const relaxed = limit && "control" in limit ? limit.control?.relaxed : undefined;
  return relaxed ? `lets go once at most ${relaxed} times worse is plausible` : undefined;
}

export function GuardWords({ guards }: { guards: Guard[] }) {
  if (guards.length === 0) return <p className="dim">No guards: only time and people decide.</p>;
  return (
    <ul className={styles.list}>
      {guards.map((guard) => (
        <li key={guard.key}>
          <span className="mono">{guard.metric}</span> {limitWords(guard.limit)}{" "}
          <span className={styles.does}>{BREACH[guard.on_breach ?? "roll_back"] ?? guard.on_breach}</span>
          <span className="dim">
            {" "}
            · silence: {SILENCE[guard.on_no_data ?? "hold"] ?? guard.on_no_data}
            {relaxedWords(guard.limit) ? ` · ${relaxedWords(guard.limit)}` : ""}
            {guard.interval ? ` · every ${guard.interval}` : ""}
            {guard.mode === "immediate" ? " · at the first reading" : ""}
            {(guard.stages ?? []).length > 0 ? ` · at ${guard.stages?.join(", ")}` : ""}
          </span>
        </li>
      ))}
    </ul>
  );
}
