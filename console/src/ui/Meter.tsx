/** How much of something there is, as a bar with its words beside it. */
import styles from "./Meter.module.css";

type Props = { label: string; share: number; of: string; tone: "bad" | "good" };

export function Meter({ label, share, of, tone }: Props) {
  const percent = Math.round(share * 100);
  return (
    <div className={styles.line}>
      <span>{label}</span>
      <meter
        className={styles.meter}
        data-tone={tone}
        min={0}
        max={1}
        value={share}
        aria-label={`${label}: ${percent} % ${of}`}
      />
      <span className="num">
        {percent} % {of}
      </span>
    </div>
  );
}
