/** Conditions and serves as sentences. The words are ours; what people typed is quoted as it is. */
import type { Schemas } from "~/api/client";
import { share } from "~/util/number";
import { operator } from "./operators";

export type Condition = Schemas["Condition"];
export type Serve = Schemas["Serve"];
export type Group = "all" | "any" | "none";

/** Returns which group a condition is; nothing for a test. */
export function groupOf(condition: Condition): Group | undefined {
  return (["all", "any", "none"] as const).find((group) => Array.isArray(condition[group]));
}

/** Returns the members of a group. */
export function membersOf(condition: Condition): Condition[] {
  const group = groupOf(condition);
  return group ? (condition[group] ?? []) : [];
}

/** Returns a condition in words, such as `plan is "pro" and country is one of "de", "fr"`. */
export function conditionText(condition: Condition, inner = false): string {
  const group = groupOf(condition);
  if (!group) return testText(condition);
  const members = membersOf(condition);
  if (members.length === 0) return group === "any" ? "nobody" : "everyone";
  const [first] = members;
  if (members.length === 1 && first)
    return group === "none" ? `not (${conditionText(first)})` : conditionText(first, inner);
  const text = members.map((member) => conditionText(member, true)).join(group === "all" ? " and " : " or ");
  if (group === "none") return `none of (${text})`;
  return inner ? `(${text})` : text;
}

function testText(test: Condition): string {
  const known = operator(test.operator);
  const words = test.negate ? known.not : known.words;
  const values = (test.values ?? []).map((value) => JSON.stringify(value));
  const joined =
    known.name === "between" ? values.join(" and ") : values.length > 1 ? values.join(", ") : (values[0] ?? "");
  const subject = known.alone ? "" : (test.attribute ?? "now");
  const notes = [test.case_insensitive ? "in any case" : "", test.absent === "match" ? "or absent" : ""].filter(
    Boolean,
  );
  return [subject, words, joined, notes.length > 0 ? `(${notes.join(", ")})` : ""].filter(Boolean).join(" ");
}

/** Returns the shares of a serve; a variant alone has all of it. */
export function weightsOf(serve: Serve): Schemas["Weight"][] {
  if ("split" in serve && serve.split) return serve.split.weights;
  return [{ variant: "variant" in serve ? String(serve.variant) : "", weight: 100_000 }];
}

/** Returns a serve in words, such as `on` or `10 % on, 90 % off`. */
export function serveText(serve: Serve): string {
  const weights = weightsOf(serve);
  const [only] = weights;
  if (weights.length === 1 && only) return only.variant;
  return weights.map((weight) => `${share(weight.weight)} ${weight.variant}`).join(", ");
}
