/** A guard of a rollout: what it says, how sure it is, and its curve. */
import type { Schemas } from "~/api/client";
import { Age } from "~/ui/Age";
import { Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { measure } from "~/util/number";
import { GuardChart } from "./GuardChart";
import styles from "./GuardPanel.module.css";
import type { GuardSeries, Mark } from "./series";
import { VERDICTS } from "./words";

type Props = {
  guard: Schemas["Guard"];
  progress: Schemas["GuardProgress"] | undefined;
  series: GuardSeries | undefined;
  marks: Mark[];
};

export function GuardPanel({ guard, progress, series, marks }: Props) {
  const last = series?.points.at(-1);
  const verdict = progress?.verdict ?? last?.verdict;
  const words = verdict ? VERDICTS[verdict] : undefined;
  const value = progress?.value ?? last?.value;
  const unit = series?.unit ?? "";
  return (
    <Panel
      title={
        <span className="row">
          <span className="mono">{guard.key}</span>
          {words && (
            <Tag tone={words.tone} dot>
              {words.word}
            </Tag>
          )}
        </span>
      }
      aside={
        <>
          <span className="num">
            {measure(value, unit)}
            {series?.limit !== undefined ? `, limit ${measure(series.limit, unit)}` : ""}
          </span>
          {progress?.read_at && <Age at={progress.read_at} />}
        </>
      }
    >
      {series && series.points.length > 0 ? (
        <GuardChart series={series} marks={marks} />
      ) : (
        <p className="dim">
          No reading yet. The guard asks for {guard.metric} every {guard.interval ?? "30 s"}.
        </p>
      )}
      {last?.evidence !== null && last?.evidence !== undefined && <Evidence share={last.evidence} />}
    </Panel>
  );
}

function Evidence({ share }: { share: number }) {
  const percent = Math.round(share * 100);
  return (
    <div className={styles.evidence}>
      <span>Evidence of harm</span>
      <meter
        className={styles.meter}
        min={0}
        max={1}
        value={share}
        aria-label={`Evidence of harm: ${percent} % of what makes a breach`}
      />
      <span className="num">{percent} % of what makes a breach</span>
    </div>
  );
}
