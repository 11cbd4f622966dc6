/** The operators of conditions: what they are called in a sentence, and what may stand on their right-hand side. */
export type Operand =
  | "text"
  | "number"
  | "version"
  | "time"
  | "list"
  | "none"
  | "segment"
  | "flag"
  | "percentage"
  | "network"
  | "any";

export type Operator = {
  name: string;
  /** Between the attribute and the values. */
  words: string;
  /** The same, turned round. */
  not: string;
  operand: Operand;
  /** How many values there must be; absent means one or more, any of which may match. */
  exactly?: number;
  /** Whether no attribute is tested. */
  alone?: boolean;
};

const one = 1;
const two = 2;

export const OPERATORS: Operator[] = [
  { name: "equals", words: "is", not: "is not", operand: "any" },
  { name: "in", words: "is one of", not: "is none of", operand: "any" },
  { name: "starts_with", words: "starts with", not: "does not start with", operand: "text" },
  { name: "ends_with", words: "ends with", not: "does not end with", operand: "text" },
  { name: "contains", words: "contains", not: "does not contain", operand: "text" },
  { name: "matches", words: "matches", not: "does not match", operand: "text" },
  { name: "less_than", words: "is less than", not: "is not less than", operand: "number", exactly: one },
  { name: "less_than_or_equal", words: "is at most", not: "is not at most", operand: "number", exactly: one },
  { name: "greater_than", words: "is greater than", not: "is not greater than", operand: "number", exactly: one },
  { name: "greater_than_or_equal", words: "is at least", not: "is not at least", operand: "number", exactly: one },
  { name: "between", words: "is between", not: "is not between", operand: "any", exactly: two },
  { name: "before", words: "is before", not: "is not before", operand: "time", exactly: one },
  { name: "before_or_at", words: "is before or at", not: "is after", operand: "time", exactly: one },
  { name: "after", words: "is after", not: "is not after", operand: "time", exactly: one },
  { name: "after_or_at", words: "is after or at", not: "is before", operand: "time", exactly: one },
  { name: "semver_equals", words: "is version", not: "is not version", operand: "version" },
  {
    name: "semver_less_than",
    words: "is a version below",
    not: "is not a version below",
    operand: "version",
    exactly: one,
  },
  {
    name: "semver_less_than_or_equal",
    words: "is at most version",
    not: "is not at most version",
    operand: "version",
    exactly: one,
  },
  {
    name: "semver_greater_than",
    words: "is a version above",
    not: "is not a version above",
    operand: "version",
    exactly: one,
  },
  {
    name: "semver_greater_than_or_equal",
    words: "is at least version",
    not: "is not at least version",
    operand: "version",
    exactly: one,
  },
  { name: "semver_matches_range", words: "is in the range", not: "is outside the range", operand: "version" },
  { name: "exists", words: "is known", not: "is not known", operand: "none", exactly: 0 },
  { name: "is_true", words: "is true", not: "is not true", operand: "none", exactly: 0 },
  { name: "array_contains_any", words: "has any of", not: "has none of", operand: "any" },
  { name: "array_contains_all", words: "has all of", not: "lacks one of", operand: "any" },
  { name: "array_size", words: "has length", not: "has not length", operand: "number" },
  {
    name: "modulo",
    words: "divided by and leaving",
    not: "divided by and not leaving",
    operand: "number",
    exactly: two,
  },
  { name: "in_segment", words: "in segment", not: "not in segment", operand: "segment", alone: true },
  { name: "flag_serves", words: "flag serves", not: "flag does not serve", operand: "flag", alone: true },
  { name: "in_percentage", words: "in percentage", not: "not in percentage", operand: "percentage", alone: true },
  { name: "ip_in_cidr", words: "is in network", not: "is not in network", operand: "network" },
];

/** Returns what is known of an operator; one that this console does not know yet is shown by its name. */
export function operator(name: string | null | undefined): Operator {
  const text = name ?? "";
  return (
    OPERATORS.find((each) => each.name === text) ?? {
      name: text,
      words: text.replaceAll("_", " "),
      not: `not ${text.replaceAll("_", " ")}`,
      operand: "any",
    }
  );
}

/** Reads a value as a person types it for an operand. */
export function readValue(text: string, operand: Operand): unknown {
  const trimmed = text.trim();
  if (operand === "flag" || operand === "percentage") return readJson(trimmed);
  if (operand === "number") return trimmed === "" || Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
  if (operand !== "any") return text;
  if (trimmed === "true") return true;
  if (trimmed === "false") return false;
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  // Quotes make text of what would be a number or a truth value.
  return /^".*"$/.test(trimmed) ? trimmed.slice(1, -1) : text;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Writes a value as a person would type it. */
export function writeValue(value: unknown, operand: Operand): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const ambiguous =
    operand === "any" && (value === "true" || value === "false" || /^-?\d+(\.\d+)?$/.test(value.trim()));
  return ambiguous ? `"${value}"` : value;
}
