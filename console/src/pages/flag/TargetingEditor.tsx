/** Edits what a flag serves. Nothing is sent before the exact difference was seen; a change by somebody else is merged. */
import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { ApiFailure, type FieldProblem } from "~/api/errors";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { Confirm } from "~/components/Confirm";
import { Diff } from "~/components/Diff";
import { Merge } from "~/components/Merge";
import { conditionText } from "~/components/sentence";
import { ConditionEditor } from "~/forms/ConditionEditor";
import { PrerequisiteFields } from "~/forms/PrerequisiteFields";
import { ServeEditor } from "~/forms/ServeEditor";
import { Panel } from "~/ui/Page";
import styles from "./TargetingTab.module.css";

type Targeting = Schemas["Targeting"];
type Rule = Schemas["Rule"];
type Props = {
  project: string;
  flag: Schemas["Flag"];
  served: Schemas["FlagEnvironment"];
  isProtected: boolean;
  onClose: () => void;
};

export function TargetingEditor({ project, flag, served, isProtected, onClose }: Props) {
  // What the edit began with: a later change of somebody else must not slip under it.
  const [base, setBase] = useState({ targeting: served.targeting, version: served.version });
  const [draft, setDraft] = useState<Targeting>(served.targeting);
  const [asked, setAsked] = useState(false);
  const [conflict, setConflict] = useState<Schemas["FlagEnvironment"]>();
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const client = useQueryClient();
  const { data: segments = [] } = useQuery(queries.segments(project));
  const variants = flag.variants.map((variant) => variant.key);
  const environment = served.environment;
  const save = useMutate({
    run: (reason: string) => {
      const params = {
        path: { project, flag: flag.key, environment },
        header: { "If-Match": `"${base.version}"` },
        query: { reason },
      };
      return unwrap(
        api.PUT("/api/v1/projects/{project}/flags/{flag}/environments/{environment}", { params, body: draft }),
      );
    },
    touches: [["project", project]],
    quiet: true,
    done: (change) =>
      change.changed ? `Saved: generation ${change.generation} of ${environment}` : "Nothing was different",
    onSuccess: onClose,
  });
  const confirm = async (reason: string) => {
    try {
      await save.mutateAsync(reason);
    } catch (error) {
      if (error instanceof ApiFailure && error.isConflict) {
        setAsked(false);
        const fresh = await client.fetchQuery({ ...queries.flag(project, flag.key), staleTime: 0 });
        setConflict(fresh.value.environments?.find((each) => each.environment === environment));
        return;
      }
      if (error instanceof ApiFailure) setProblems(error.errors);
      throw error;
    }
  };
  const set = (change: Partial<Targeting>) => setDraft({ ...draft, ...change });
  const rules = draft.rules ?? [];
  const setRule = (index: number, change: Partial<Rule>) =>
    set({ rules: rules.map((rule, at) => (at === index ? { ...rule, ...change } : rule)) });
  const same = JSON.stringify(draft) === JSON.stringify(base.targeting);
  return (
    <Panel
      title={`Edit ${flag.key} in ${environment}`}
      aside={<span className="num">from version {base.version}</span>}
      flush
    >
      <div className={styles.editRule}>
        <div className={styles.ruleHead}>
          <Select
            label="While off, everyone gets"
            data={variants}
            value={draft.off_variant}
            onChange={(next) => next && set({ off_variant: next })}
          />
        </div>
        <PrerequisiteFields
          project={project}
          self={flag.key}
          value={draft.prerequisites ?? []}
          onChange={(prerequisites) => set({ prerequisites })}
        />
      </div>
      {rules.map((rule, index) => (
        <section key={rule.id} className={styles.editRule} aria-label={`Rule ${index + 1}`}>
          <div className={styles.ruleHead}>
            <span className={styles.number}>{index + 1}</span>
            <TextInput
              className="grow"
              aria-label={`Rule ${index + 1}: description`}
              placeholder="What this rule is for"
              maxLength={500}
              value={rule.description ?? ""}
              onChange={(event) => setRule(index, { description: event.currentTarget.value || undefined })}
            />
            <Move index={index} rules={rules} onChange={(next) => set({ rules: next })} />
          </div>
          <ConditionEditor
            condition={rule.when}
            segments={segments.map((each) => each.key)}
            label={`Rule ${index + 1}`}
            onChange={(when) => setRule(index, { when })}
          />
          <p className={`${styles.sentence} user-text`}>If {conditionText(rule.when)}</p>
          <ServeEditor
            serve={rule.serve}
            variants={variants}
            label={`Rule ${index + 1}`}
            onChange={(serve) => setRule(index, { serve })}
          />
          <Problems of={`rules[${index}]`} problems={problems} />
        </section>
      ))}
      <div className={styles.editRule}>
        <div>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconPlus size={12} />}
            onClick={() => set({ rules: [...rules, freshRule(rules, variants)] })}
          >
            Add a rule
          </Button>
        </div>
        <h3>{rules.length > 0 ? "Everyone else gets" : "Everyone gets"}</h3>
        <ServeEditor
          serve={draft.default}
          variants={variants}
          label="Default"
          onChange={(next) => set({ default: next })}
        />
        <Problems of="" problems={problems.filter((problem) => !problem.path.startsWith("rules["))} />
      </div>
      <div className={styles.bar}>
        <Button size="xs" variant="default" onClick={onClose}>
          Leave it
        </Button>
        <Button
          size="xs"
          disabled={same}
          title={same ? "Nothing is different yet" : undefined}
          onClick={() => setAsked(true)}
        >
          Review the change
        </Button>
      </div>
      {asked && (
        <Confirm
          title={`Change ${flag.key} in ${environment}`}
          verb="Save"
          size="lg"
          typed={isProtected ? { what: "environment", text: environment } : undefined}
          onClose={() => setAsked(false)}
          onConfirm={confirm}
        >
          <Diff before={base.targeting} after={draft} />
        </Confirm>
      )}
      {conflict && (
        <Merge
          base={base.targeting}
          mine={draft}
          theirs={conflict.targeting}
          onClose={() => setConflict(undefined)}
          onMerged={(merged) => {
            setBase({ targeting: conflict.targeting, version: conflict.version });
            setDraft(merged as Targeting);
            setConflict(undefined);
            setAsked(true);
          }}
        />
      )}
    </Panel>
  );
}

function freshRule(rules: Rule[], variants: string[]): Rule {
  const taken = new Set(rules.map((rule) => rule.id));
  let number = rules.length + 1;
  while (taken.has(`rule-${number}`)) number += 1;
  return {
    id: `rule-${number}`,
    when: { all: [{ operator: "equals", attribute: "", values: [] }] },
    serve: { variant: variants[0] ?? "" } as Rule["serve"],
  };
}

function Move({ index, rules, onChange }: { index: number; rules: Rule[]; onChange: (next: Rule[]) => void }) {
  const swap = (other: number) => {
    const next = [...rules];
    const [one, two] = [next[index], next[other]];
    if (one && two) [next[index], next[other]] = [two, one];
    onChange(next);
  };
  const name = `Rule ${index + 1}`;
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`${name}: try it earlier`}
        disabled={index === 0}
        onClick={() => swap(index - 1)}
      >
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`${name}: try it later`}
        disabled={index === rules.length - 1}
        onClick={() => swap(index + 1)}
      >
        <IconArrowDown size={14} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`${name}: remove`}
        onClick={() => onChange(rules.filter((_, at) => at !== index))}
      >
        <IconTrash size={14} />
      </ActionIcon>
    </>
  );
}

function Problems({ of, problems }: { of: string; problems: FieldProblem[] }) {
  const ours = problems.filter((problem) => problem.path.startsWith(of));
  if (ours.length === 0) return null;
  return (
    <ul className={styles.problem} role="alert">
      {ours.map((problem) => (
        <li key={`${problem.path} ${problem.code}`}>
          <code>{problem.path}</code> {problem.message}
        </li>
      ))}
    </ul>
  );
}
