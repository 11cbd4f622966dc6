/** Times as people read them: an age, and the moment itself with its zone. */
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Returns a span in its two largest units, such as `3 min 20 s`. */
export function span(ms: number): string {
  const abs = Math.abs(ms);
  if (abs < SECOND) return `${Math.round(abs)} ms`;
  if (abs < 10 * SECOND) return `${(abs / SECOND).toFixed(1).replace(/\.0$/, "")} s`;
  if (abs < MINUTE) return `${Math.floor(abs / SECOND)} s`;
  if (abs < HOUR) return two(abs, MINUTE, "min", SECOND, "s");
  if (abs < DAY) return two(abs, HOUR, "h", MINUTE, "min");
  return two(abs, DAY, "d", HOUR, "h");
}

function two(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const first = Math.floor(ms / big);
  const rest = Math.floor((ms - first * big) / small);
  return rest > 0 && first < 10 ? `${first} ${bigName} ${rest} ${smallName}` : `${first} ${bigName}`;
}

/** Returns an age in one unit, such as `4 min ago`. */
export function ago(at: string | number | Date, now: number): string {
  const age = now - new Date(at).getTime();
  if (Math.abs(age) < 2 * SECOND) return "now";
  const text = short(Math.abs(age));
  return age >= 0 ? `${text} ago` : `in ${text}`;
}

function short(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const clocks = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const days = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

/** Returns the moment with its date, its second and its zone. */
export function moment(at: string | number | Date): string {
  return moments.format(new Date(at));
}

/** Returns the time of day. */
export function clock(at: string | number | Date): string {
  return clocks.format(new Date(at));
}

/** Returns the day. */
export function day(at: string | number | Date): string {
  return days.format(new Date(at));
}

const UNITS: Record<string, number> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
};

/** Reads a span as the API writes it, such as `1h30m`; nothing if it is none. */
export function parseSpan(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|µs|ms|s|m|h|d|w)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text.replaceAll(" ", "")) return undefined;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ""] ?? 0), 0);
}
