/** What a flag serves in the open environment: as sentences to read, or as an editor. */
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "~/api/client";
import * as queries from "~/api/queries";
import { ConditionText } from "~/components/ConditionText";
import { SplitBar } from "~/components/SplitBar";
import { type Serve, weightsOf } from "~/components/sentence";
import { PHASES } from "~/components/words";
import { placeOf, useRefusal } from "~/hooks/useRefusal";
import { useShortcuts } from "~/hooks/useShortcut";
import { Act } from "~/ui/Act";
import { Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { TargetingEditor } from "./TargetingEditor";
import styles from "./TargetingTab.module.css";

type Props = { project: string; flag: Schemas["Flag"]; served: Schemas["FlagEnvironment"]; isProtected: boolean };

export function TargetingTab({ project, flag, served, isProtected }: Props) {
  const refused = useRefusal();
  const [editing, setEditing] = useState(false);
  useShortcuts([{ key: "e", label: "Edit the targeting", run: () => setEditing(true), disabled: editing }]);
  if (editing) {
    return (
      <TargetingEditor
        key={served.environment}
        project={project}
        flag={flag}
        served={served}
        isProtected={isProtected}
        onClose={() => setEditing(false)}
      />
    );
  }
  const { targeting, allocation } = served;
  const variants = flag.variants.map((variant) => variant.key);
  return (
    <div className="stack">
      <Panel
        title={`In ${served.environment}`}
        aside={
          <>
            <span className="num">version {served.version}</span>
            <Act
              size="compact-xs"
              variant="default"
              leftSection={<IconPencil size={13} />}
              refused={refused("edit", placeOf(isProtected))}
              onClick={() => setEditing(true)}
            >
              Edit
            </Act>
          </>
        }
        flush
      >
        <ol className={styles.rules}>
          <li className={styles.rule} data-off={!targeting.enabled}>
            <span className={styles.when}>{targeting.enabled ? "Switched on" : "Switched off"}</span>
            <span className={styles.gets}>
              {targeting.enabled ? (
                <span className="dim">while off, everyone gets</span>
              ) : (
                <strong>everyone gets</strong>
              )}{" "}
              <code className="user-text">{targeting.off_variant}</code>
            </span>
          </li>
          {(targeting.prerequisites ?? []).map((other) => (
            <li key={other.flag} className={styles.rule}>
              <span className={styles.when}>
                Only if{" "}
                <Link to="/projects/$project/flags/$flag" params={{ project, flag: other.flag }} className="mono">
                  {other.flag}
                </Link>{" "}
                serves {other.variants.join(" or ")}
              </span>
              <span className={`${styles.gets} dim`}>
                else <code>{targeting.off_variant}</code>
              </span>
            </li>
          ))}
          {(targeting.rules ?? []).map((rule, index) => (
            <li key={rule.id} className={styles.rule}>
              <span className={styles.when}>
                <span className={styles.number}>{index + 1}</span>
                <span>
                  {rule.description && <span className={`${styles.words} user-text`}>{rule.description}</span>}
                  <span className={rule.description ? "dim" : undefined}>
                    If <ConditionText condition={rule.when} />
                  </span>
                </span>
              </span>
              <Gets serve={rule.serve} variants={variants} />
            </li>
          ))}
          {allocation && <AllocationRows project={project} allocation={allocation} variants={variants} />}
          <li className={styles.rule}>
            <span className={styles.when}>
              {(targeting.rules ?? []).length > 0 || allocation ? "Everyone else" : "Everyone"}
            </span>
            <Gets serve={targeting.default} variants={variants} />
          </li>
        </ol>
      </Panel>
      <Panel title="Variants" flush>
        <ul className={styles.variants}>
          {flag.variants.map((variant) => (
            <li key={variant.key}>
              <span className="mono user-text">{variant.key}</span>
              <code className="user-text">{JSON.stringify(variant.value)}</code>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function Gets({ serve, variants }: { serve: Serve; variants: string[] }) {
  const weights = weightsOf(serve);
  const [only] = weights;
  return (
    <span className={styles.gets}>
      {weights.length === 1 && only ? (
        <code className="user-text">{only.variant}</code>
      ) : (
        <SplitBar weights={weights} variants={variants} label="Split" />
      )}
    </span>
  );
}

function AllocationRows({
  project,
  allocation,
  variants,
}: {
  project: string;
  allocation: Schemas["Allocation"];
  variants: string[];
}) {
  const { data } = useQuery(queries.rollout(project, allocation.rollout));
  const phase = data ? PHASES[data.value.phase] : undefined;
  return allocation.entries.map((entry) => (
    <li key={entry.audience ?? ""} className={styles.rule} data-rollout>
      <span className={styles.when}>
        <span>
          {entry.audience ? `Of segment ${entry.audience}` : "Of everyone else"}, by{" "}
          <Link to="/projects/$project/rollouts/$rollout" params={{ project, rollout: allocation.rollout }}>
            the rollout
          </Link>{" "}
          {phase && (
            <Tag tone={phase.tone} dot>
              {phase.word}
            </Tag>
          )}
        </span>
      </span>
      <span className={styles.gets}>
        <SplitBar weights={entry.weights.filter((weight) => weight.weight > 0)} variants={variants} label="Rollout" />
      </span>
    </li>
  ));
}
