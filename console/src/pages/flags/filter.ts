/** Which flags a list shows. */
import type { Schemas } from "~/api/client";
import { shareOn } from "~/components/ShareCell";

export type Row = Schemas["OverviewFlag"];

export type Wanted = { q?: string; owner?: string; tag?: string; category?: string; state?: string };

export const STATES = ["rolling out", "on", "partly on", "off", "broken", "expired"] as const;

/** Returns what a flag is in an environment, as the filter names it. */
export function stateOf(row: Row, environment: string | undefined, today: string): string[] {
  const served = row.environments.find((each) => each.environment === environment);
  const states: string[] = [];
  if (row.expires_on && row.expires_on < today) states.push("expired");
  if (!served) return states;
  if (served.broken) states.push("broken");
  if (served.phase) states.push("rolling out");
  const on = shareOn(served);
  states.push(!served.enabled || on === 0 ? "off" : on >= 100 ? "on" : "partly on");
  return states;
}

const texts = new WeakMap<Row, string>();

/** Returns what a row is searched by; made once, since every letter that is typed asks for all of them. */
function textOf(row: Row): string {
  let text = texts.get(row);
  if (text === undefined) {
    text = `${row.key} ${row.title} ${row.owner} ${row.tags.join(" ")}`.toLowerCase();
    texts.set(row, text);
  }
  return text;
}

/** Returns the flags that are wanted. Words of the search may come in any order. */
export function filterFlags(rows: Row[], wanted: Wanted, environment: string | undefined, today: string): Row[] {
  const words = (wanted.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (wanted.owner && row.owner !== wanted.owner) return false;
    if (wanted.tag && !row.tags.includes(wanted.tag)) return false;
    if (wanted.category && row.category !== wanted.category) return false;
    if (wanted.state && !stateOf(row, environment, today).includes(wanted.state)) return false;
    if (words.length === 0) return true;
    const text = textOf(row);
    return words.every((word) => text.includes(word));
  });
}

/** Returns the different values of a column, sorted. */
export function valuesOf(rows: Row[], value: (row: Row) => string[]): string[] {
  return [...new Set(rows.flatMap(value))].filter(Boolean).sort();
}
