/** Numbers as people read them. */
const counts = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** Returns a count with separators, such as `48,210`. */
export function count(value: number): string {
  return counts.format(value);
}

/** Returns hundred-thousandths as a percentage, such as `12.5 %`. */
export function share(weight: number): string {
  return percent(weight / 1_000);
}

/** Returns a percentage with as many digits as it has, at most three. */
export function percent(value: number): string {
  return `${Number(value.toFixed(3))} %`;
}

/** Returns a measured value in its unit: a ratio as a percentage, anything else with three significant digits. */
export function measure(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (unit === "ratio") return `${significant(value * 100)} %`;
  return unit ? `${significant(value)} ${unit}` : significant(value);
}

function significant(value: number): string {
  if (value === 0) return "0";
  const digits = Math.abs(value) >= 1_000 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return (
    counts.format(0) && Number(value.toFixed(Math.min(digits, 8))).toLocaleString("en-GB", { maximumFractionDigits: 8 })
  );
}
