/** Differences between two JSON values: by path for machines to merge, by line for people to read. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Change = { path: string[]; before: Json | undefined; after: Json | undefined };

function isRecord(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Lists of things with an id, a key or a name are compared thing by thing, whatever their order. */
function identity(item: Json): string | undefined {
  if (!isRecord(item)) return undefined;
  for (const name of ["id", "key", "name", "flag", "environment"]) {
    const value = item[name];
    if (typeof value === "string") return value;
  }
  return undefined;
}

function named(list: Json[]): Map<string, Json> | undefined {
  const entries = list.map((item) => [identity(item), item] as const);
  const map = new Map(entries.filter((entry): entry is [string, Json] => entry[0] !== undefined));
  return map.size === list.length ? map : undefined;
}

export function same(a: Json | undefined, b: Json | undefined): boolean {
  return canonical(a) === canonical(b);
}

/** Returns a text that is the same for values that are the same, whatever the order of their members. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isRecord(value)) {
    const members = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort();
    return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** Returns every place where two values differ. */
export function changesOf(before: Json | undefined, after: Json | undefined, path: string[] = []): Change[] {
  if (same(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changesOf(before[key], after[key], [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [one, two] = [named(before), named(after)];
    if (one && two) {
      const sameOrder =
        [...one.keys()].filter((key) => two.has(key)).join() === [...two.keys()].filter((key) => one.has(key)).join();
      // A list whose order changed is one change: the order of rules decides.
      if (sameOrder) {
        const keys = [...new Set([...one.keys(), ...two.keys()])];
        return keys.flatMap((key) => changesOf(one.get(key), two.get(key), [...path, key]));
      }
    }
  }
  return [{ path, before, after }];
}

/** Puts a change into a value, and returns the new value. */
export function apply(value: Json | undefined, change: Change): Json | undefined {
  return put(value, change.path, change.after);
}

function put(value: Json | undefined, path: string[], next: Json | undefined): Json | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return next;
  if (Array.isArray(value)) {
    const at = value.findIndex((item) => identity(item) === head);
    const inner = put(at < 0 ? undefined : value[at], rest, next);
    if (inner === undefined) return value.filter((_, index) => index !== at);
    return at < 0 ? [...value, inner] : value.map((item, index) => (index === at ? inner : item));
  }
  const record = isRecord(value) ? value : {};
  const inner = put(record[head], rest, next);
  const { [head]: _, ...others } = record;
  return inner === undefined ? others : { ...record, [head]: inner };
}

function overlaps(a: string[], b: string[]): boolean {
  return (
    a.every((part, index) => index >= b.length || part === b[index]) ||
    b.every((part, index) => index >= a.length || part === a[index])
  );
}

export type Merged = { merged: Json; mine: Change[]; theirs: Change[]; conflicts: { mine: Change; theirs: Change }[] };

/** Merges two edits of one value. What only one side changed is taken; where both did, theirs stands until it is chosen. */
export function merge(base: Json, mine: Json, theirs: Json): Merged {
  const [ours, others] = [changesOf(base, mine), changesOf(base, theirs)];
  const conflicts: Merged["conflicts"] = [];
  let merged: Json | undefined = theirs;
  for (const change of ours) {
    const other = others.find((each) => overlaps(each.path, change.path));
    if (!other) merged = apply(merged, change);
    else if (!same(other.after, change.after)) conflicts.push({ mine: change, theirs: other });
  }
  return { merged: merged ?? null, mine: ours, theirs: others, conflicts };
}
