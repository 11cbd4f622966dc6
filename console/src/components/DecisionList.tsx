/** Why a rollout is where it is: every decision in the words that were stored with it, newest first. */
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "~/api/client";
import { useMutate } from "~/api/mutate";
import { Age } from "~/ui/Age";
import { More } from "~/ui/More";
import { Tag } from "~/ui/Tag";
import { count, measure } from "~/util/number";
import { clock } from "~/util/time";
import styles from "./DecisionList.module.css";
import { rationaleOf } from "./facts";
import { VERDICTS } from "./words";

type Decision = Schemas["Decision"];

const PAGE = 40;
const TONES: Record<string, string> = {
  start: "accent",
  advance: "accent",
  resume: "accent",
  promote: "accent",
  complete: "good",
  pause: "warn",
  step_back: "bad",
  roll_back: "bad",
  cancel: "quiet",
};

/** Returns the decisions without those that repeat the one before: holding is said once, with how often. */
export function grouped(decisions: Decision[]): { last: Decision; times: number }[] {
  const groups: { last: Decision; times: number }[] = [];
  for (const decision of decisions) {
    const before = groups.at(-1);
    const same = before && isHold(decision) && isHold(before.last) && before.last.rule === decision.rule;
    if (same) {
      before.last = decision;
      before.times += 1;
    } else groups.push({ last: decision, times: 1 });
  }
  return groups.reverse();
}

/** Returns the last decisions behind what is known from before them; behind a gap nothing is known. */
export function joined(known: Decision[], last: Decision[]): Decision[] {
  const from = last[0]?.seq ?? 0;
  const before = known.filter((each) => each.seq < from);
  return before.at(-1)?.seq === from - 1 ? [...before, ...last] : last;
}

function isHold(decision: Decision): boolean {
  return rationaleOf(decision).action === "hold";
}

type Props = {
  /** The last decisions, oldest first. */
  decisions: Decision[];
  /** Brings some of those before the one with a number. */
  earlier: (seq: number) => Promise<Decision[]>;
};

export function DecisionList({ decisions, earlier }: Props) {
  const [shown, setShown] = useState(PAGE);
  // The first that is held moves on with the last: from the first wish for earlier ones on, what is dropped there is kept here.
  const [list, setList] = useState({ all: decisions, held: decisions, keeps: false });
  if (list.held !== decisions) {
    const all = list.keeps ? joined(list.all, decisions) : decisions;
    setList({ ...list, all, held: decisions });
  }
  const { all } = list;
  const first = all[0]?.seq ?? 1;
  const groups = grouped(all);
  const bring = useMutate({
    run: () => earlier(first),
    touches: [],
    onSuccess: (more) => setList((was) => ({ ...was, all: joined(more, was.all) })),
  });
  const hidden = groups.length - shown;
  return (
    <>
      <ol className={styles.list}>
        {groups.slice(0, shown).map(({ last, times }) => (
          <Entry key={last.seq} decision={last} times={times} />
        ))}
      </ol>
      {hidden > 0 && (
        <Button size="compact-xs" variant="default" className={styles.more} onClick={() => setShown(shown + PAGE)}>
          Show {count(Math.min(PAGE, hidden))} more
        </Button>
      )}
      {hidden <= 0 && first > 1 && (
        <More
          words={`The last ${count(all.length)} of ${count(all.at(-1)?.seq ?? 0)} decisions`}
          verb="Show earlier ones"
          isBusy={bring.isPending}
          onMore={() => {
            setShown(shown + PAGE);
            setList((was) => ({ ...was, keeps: true }));
            bring.mutate(undefined);
          }}
        />
      )}
    </>
  );
}

function Entry({ decision, times }: { decision: Decision; times: number }) {
  const [open, setOpen] = useState(false);
  const action = rationaleOf(decision).action ?? "hold";
  const person = decision.actor_kind !== "controller" && decision.actor_kind !== "system";
  return (
    <li className={styles.entry} data-tone={TONES[action] ?? "hold"}>
      <div className={styles.when}>
        <span className="num">{clock(decision.at)}</span>
        <Age at={decision.at} />
      </div>
      <div className={styles.what}>
        <p className="user-text">{decision.summary}</p>
        <p className={styles.by}>
          {person ? <span className="user-text">{decision.actor}</span> : "the controller"} · rule{" "}
          {decision.rule.replaceAll("_", " ")}
          {times > 1 ? ` · ${count(times)} looks alike` : ""} ·{" "}
          <button type="button" className={styles.facts} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "hide the numbers" : "the numbers"}
          </button>
        </p>
        {open && (decision.points ?? []).length > 0 && <Numbers decision={decision} />}
        {open && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          <pre className={styles.record} tabIndex={0}>
            {JSON.stringify({ rationale: decision.rationale, input: decision.input }, null, 2)}
          </pre>
        )}
      </div>
    </li>
  );
}

/** What each guard showed when it was decided. */
function Numbers({ decision }: { decision: Decision }) {
  const units = new Map((rationaleOf(decision).guards ?? []).map((facts) => [facts.guard, facts.unit]));
  return (
    <div className={styles.numbers}>
      <table>
        <thead>
          <tr>
            {["Guard", "Says", "Treated", "Control", "Plausible", "Limit"].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(decision.points ?? []).map((point) => {
            const show = (value: number | null | undefined) => measure(value, units.get(point.guard) ?? "");
            const words = VERDICTS[point.verdict];
            const banded = (point.lower ?? null) !== null || (point.upper ?? null) !== null;
            return (
              <tr key={point.guard}>
                <th scope="row" className="mono">
                  {point.guard}
                </th>
                <td>
                  <Tag tone={words?.tone}>{words?.word ?? point.verdict}</Tag>
                </td>
                <td className="num">{show(point.treatment)}</td>
                <td className="num">{show(point.control)}</td>
                <td className="num">
                  {banded
                    ? `${show(point.lower ?? 0)} to ${(point.upper ?? null) === null ? "any" : show(point.upper)}`
                    : "–"}
                </td>
                <td className="num">{show(point.limit)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
