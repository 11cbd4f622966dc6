/** What a rollout will mean: whom it reaches first, how long it takes at the least, and what can stop it. */
import type { Schemas } from "~/api/client";
import { limitWords } from "~/components/GuardWords";
import { serveText } from "~/components/sentence";
import { percent } from "~/util/number";
import { parseSpan, span } from "~/util/time";
import styles from "./StartRolloutPage.module.css";

type Plan = Schemas["Plan"];
type Props = { plan: Plan; served: Schemas["FlagEnvironment"] | undefined; isProtected: boolean };

/** Returns the shortest time in which a plan can be through: every bake, without a wait. */
export function shortest(plan: Plan): number {
  return plan.stages.reduce((sum, stage) => sum + (parseSpan(stage.bake ?? "0s") ?? 0), 0);
}

export function Preview({ plan, served, isProtected }: Props) {
  const [first] = plan.stages;
  const last = plan.stages.at(-1);
  const approvals = plan.stages.filter((stage) => stage.gate === "approval").map((stage) => stage.name);
  const guards = plan.guards ?? [];
  const backs = guards.filter((guard) => (guard.on_breach ?? "roll_back") === "roll_back");
  return (
    <ul className={styles.facts}>
      <li>
        <span>Changes</span>
        <span className="user-text">
          {served ? serveText(served.targeting.default) : "the default"} → {percent(first?.percentage ?? 0)}{" "}
          {plan.treatment}
          {first?.audience ? ` of segment ${first.audience}` : ""}, in the end {percent(last?.percentage ?? 0)}
        </span>
      </li>
      <li>
        <span>Reaches at first</span>
        <span>
          {percent(first?.percentage ?? 0)} of {first?.audience ? `segment ${first.audience}` : "everyone who asks"};
          rules of the flag come before it
        </span>
      </li>
      <li>
        <span>Takes at least</span>
        <span className="num">
          {span(shortest(plan))} of observed health; longer while a guard has no data or cannot be sure
        </span>
      </li>
      <li>
        <span>Taken back by</span>
        <span className="user-text">
          {backs.length > 0
            ? backs.map((guard) => `${guard.metric} ${limitWords(guard.limit)}`).join("; ")
            : "people only"}
        </span>
      </li>
      {approvals.length > 0 && (
        <li>
          <span>Waits for people at</span>
          <span className="user-text">{approvals.join(", ")}</span>
        </li>
      )}
      {isProtected && (
        <li>
          <span>Protected</span>
          <span>The environment must be named before it starts.</span>
        </li>
      )}
    </ul>
  );
}
