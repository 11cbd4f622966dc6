/** What is handed out: one variant, or shares that add up. */
import { NumberInput, SegmentedControl, Select } from "@mantine/core";
import type { Schemas } from "~/api/client";
import { SplitBar } from "~/components/SplitBar";
import { type Serve, weightsOf } from "~/components/sentence";
import { percent } from "~/util/number";
import styles from "./ServeEditor.module.css";

type Props = { serve: Serve; variants: string[]; label: string; onChange: (next: Serve) => void };
const WHOLE = 100_000;

export function ServeEditor({ serve, variants, label, onChange }: Props) {
  const split = "split" in serve && serve.split ? serve.split : undefined;
  const weights = weightsOf(serve);
  const sum = weights.reduce((total, weight) => total + weight.weight, 0);
  const toSplit = () =>
    onChange({
      split: {
        weights: variants.map((variant) => ({
          variant,
          weight: weights.find((each) => each.variant === variant)?.weight ?? 0,
        })),
      },
    } as Serve);
  const toVariant = (variant: string) => onChange({ variant } as Serve);
  const setWeight = (variant: string, value: number) => {
    const all = variants.map((each) => ({
      variant: each,
      weight: weights.find((weight) => weight.variant === each)?.weight ?? 0,
    }));
    const next: Schemas["Weight"][] = all.map((each) =>
      each.variant === variant ? { ...each, weight: Math.round(value * 1_000) } : each,
    );
    // With two variants the other one takes the rest, so that the sum always holds.
    const [other] = next.filter((each) => each.variant !== variant);
    if (next.length === 2 && other) other.weight = Math.max(0, WHOLE - Math.round(value * 1_000));
    onChange({ split: { ...split, weights: next } } as Serve);
  };
  return (
    <div className={styles.serve}>
      <SegmentedControl
        size="xs"
        aria-label={`${label}: one variant or a split`}
        data={[
          { value: "variant", label: "Variant" },
          { value: "split", label: "Split" },
        ]}
        value={split ? "split" : "variant"}
        onChange={(kind) =>
          kind === "split"
            ? toSplit()
            : toVariant(weights.reduce((most, each) => (each.weight > most.weight ? each : most)).variant)
        }
      />
      {split ? (
        <div className={styles.weights}>
          {variants.map((variant) => (
            <NumberInput
              key={variant}
              size="xs"
              className={styles.weight}
              label={variant}
              aria-label={`${label}: share of ${variant}`}
              min={0}
              max={100}
              decimalScale={3}
              suffix=" %"
              value={(weights.find((weight) => weight.variant === variant)?.weight ?? 0) / 1_000}
              onChange={(value) => setWeight(variant, Number(value) || 0)}
            />
          ))}
          {sum !== WHOLE && (
            <span className={styles.problem}>The shares add up to {percent(sum / 1_000)}, not to 100 %</span>
          )}
          <SplitBar weights={weights.filter((weight) => weight.weight > 0)} variants={variants} label={label} />
        </div>
      ) : (
        <Select
          className={styles.variant}
          aria-label={`${label}: variant`}
          data={variants}
          value={weights[0]?.variant ?? null}
          onChange={(variant) => variant && toVariant(variant)}
        />
      )}
    </div>
  );
}
