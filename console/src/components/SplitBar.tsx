/** Shares side by side. Colours follow the order of the flag's variants, everywhere the same. */
import type { Schemas } from "~/api/client";
import { share } from "~/util/number";
import styles from "./SplitBar.module.css";

type Props = { weights: Schemas["Weight"][]; variants: string[]; label: string };

export function SplitBar({ weights, variants, label }: Props) {
  const text = weights.map((weight) => `${share(weight.weight)} ${weight.variant}`).join(", ");
  return (
    <div className={styles.split}>
      <div className={styles.bar} role="img" aria-label={`${label}: ${text}`}>
        {weights.map((weight) => (
          <span key={weight.variant} data-tone={toneOf(variants, weight.variant)} style={{ flexGrow: weight.weight }} />
        ))}
      </div>
      <ul className={styles.legend}>
        {weights.map((weight) => (
          <li key={weight.variant} data-tone={toneOf(variants, weight.variant)}>
            <span className="num">{share(weight.weight)}</span> <span className="mono user-text">{weight.variant}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Returns the number of a variant's colour. */
export function toneOf(variants: string[], variant: string): number {
  const at = variants.indexOf(variant);
  return at < 0 ? 5 : at % 5;
}
