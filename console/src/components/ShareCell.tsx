/** What a flag serves in one environment, in the width of a finger: switch, share, phase. */
import { Link } from "@tanstack/react-router";
import type { Schemas } from "~/api/client";
import { Tag } from "~/ui/Tag";
import { percent } from "~/util/number";
import styles from "./ShareCell.module.css";
import { PHASES } from "./words";

type Served = Schemas["OverviewEnvironment"];

/** Returns the share of those who get another variant than the off variant, in percent. */
export function shareOn(served: Served): number {
  if (!served.enabled) return 0;
  const others = served.weights.filter((weight) => weight.variant !== served.off_variant);
  return others.reduce((sum, weight) => sum + weight.weight, 0) / 1_000;
}

export function ShareCell({ served, project }: { served: Served | undefined; project: string }) {
  if (!served) return <span className="dim">–</span>;
  if (served.broken) return <Tag tone="bad">cannot be read</Tag>;
  const on = shareOn(served);
  const phase = served.phase ? PHASES[served.phase] : undefined;
  return (
    <div className={styles.cell}>
      {!phase && (
        <meter
          className={styles.meter}
          min={0}
          max={100}
          value={on}
          data-off={!served.enabled}
          aria-label={`${served.environment}: ${percent(on)}`}
        />
      )}
      <span className={`${styles.number} num`} data-off={!served.enabled} data-going={phase !== undefined}>
        {served.enabled ? percent(on) : "off"}
      </span>
      {served.rules > 0 && served.enabled && <span className={styles.note}>+{served.rules}</span>}
      {phase && served.rollout && (
        <Link
          to="/projects/$project/rollouts/$rollout"
          params={{ project, rollout: served.rollout }}
          className={styles.link}
        >
          <Tag tone={phase.tone} dot>
            {phase.word}
          </Tag>
        </Link>
      )}
    </div>
  );
}
