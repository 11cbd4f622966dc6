/** The stages of a plan as stairs: how far each goes, and during a rollout how far the present one is. */
import type { Schemas } from "~/api/client";
import { percent } from "~/util/number";
import { parseSpan, span } from "~/util/time";
import styles from "./Staircase.module.css";

type Stage = Schemas["Stage"];
type Progress = Schemas["StageProgress"];

type Props = {
  stages: Stage[];
  /** Where a rollout is; absent for a plan by itself. */
  progress?: Progress | null;
  /** How many stages are behind a rollout that is over. */
  passed?: number;
  tone?: "accent" | "warn" | "bad" | "good" | "quiet";
};

const LOWEST = 10;

/** Returns the height of a stair in percent. Shares are drawn on a logarithmic scale: 1 % and 5 % differ as seen. */
export function height(stage: Stage): number {
  if (stage.audience) return LOWEST;
  const share = Math.max(stage.percentage, 0.01);
  return LOWEST + (100 - LOWEST) * (Math.log10(share * 100) / 4);
}

export function Staircase({ stages, progress, passed = 0, tone = "accent" }: Props) {
  const at = progress?.index ?? passed;
  return (
    <ol className={styles.stairs} data-tone={tone} aria-label="Stages">
      {stages.map((stage, index) => {
        const state = index < at ? "passed" : index === at && progress ? "here" : "ahead";
        return (
          <li
            key={stage.name}
            className={styles.stair}
            data-state={state}
            aria-current={state === "here" ? "step" : undefined}
          >
            <div className={styles.box} aria-hidden>
              <div className={styles.rise} style={{ height: `${height(stage)}%` }}>
                {state === "here" && progress && (
                  <div className={styles.baked} style={{ width: `${bakedShare(progress) * 100}%` }} />
                )}
              </div>
            </div>
            <div className={styles.share}>
              <strong className="num">{percent(stage.percentage)}</strong>
              {stage.audience && <span className="clip"> of {stage.audience}</span>}
            </div>
            <div className={`${styles.name} clip user-text`}>{stage.name}</div>
            <div className={styles.needs}>{needs(stage)}</div>
          </li>
        );
      })}
    </ol>
  );
}

function bakedShare(progress: Progress): number {
  const [baked, bake] = [parseSpan(progress.baked) ?? 0, parseSpan(progress.bake) ?? 0];
  return bake > 0 ? Math.min(1, baked / bake) : 1;
}

/** Returns what a stage asks for before it is left, such as `10 min healthy, 200 treated, approval`. */
export function needs(stage: Stage): string {
  const bake = parseSpan(stage.bake ?? "0s") ?? 0;
  const parts = [
    bake > 0 ? `${span(bake)} healthy` : "",
    stage.minimum_treated ? `${stage.minimum_treated} treated` : "",
    stage.gate === "approval" ? "approval" : "",
    stage.variant ? `serves ${stage.variant}` : "",
    (stage.windows ?? []).length > 0 ? "in its window" : "",
    stage.on_maximum_time === "roll_back" ? "goes back if it takes too long" : "",
  ];
  return parts.filter(Boolean).join(", ") || "no condition";
}
