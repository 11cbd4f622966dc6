/** A condition as nested groups of tests, each with the operands that its operator takes. */
import { ActionIcon, Button, Checkbox, Select, TagsInput, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { OPERATORS, type Operand, operator, readValue, writeValue } from "~/components/operators";
import { type Condition, type Group, groupOf, membersOf } from "~/components/sentence";
import styles from "./ConditionEditor.module.css";

type Props = {
  condition: Condition;
  segments: string[];
  onChange: (next: Condition) => void;
  onRemove?: () => void;
  depth?: number;
  label?: string;
};

const DEEPEST = 6;
const FRESH: Condition = { operator: "equals", attribute: "", values: [] };
const GROUPS = [
  { value: "all", label: "all of" },
  { value: "any", label: "any of" },
  { value: "none", label: "none of" },
];

export function ConditionEditor(props: Props) {
  return groupOf(props.condition) ? <GroupEditor {...props} /> : <TestEditor {...props} />;
}

function GroupEditor({ condition, segments, onChange, onRemove, depth = 0, label = "Condition" }: Props) {
  const group = groupOf(condition) ?? "all";
  const members = membersOf(condition);
  const set = (next: Condition[]) => onChange({ [group]: next });
  return (
    <fieldset className={styles.group} data-depth={depth % 2} aria-label={label}>
      <div className={styles.head}>
        <Select
          className={styles.combine}
          aria-label={`${label}: how members combine`}
          data={GROUPS}
          value={group}
          onChange={(next) => onChange({ [(next ?? "all") as Group]: members })}
        />
        <span className="dim">must hold</span>
        <span className="grow" />
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={12} />}
          onClick={() => set([...members, FRESH])}
        >
          Test
        </Button>
        {depth < DEEPEST && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconPlus size={12} />}
            onClick={() => set([...members, { any: [FRESH] }])}
          >
            Group
          </Button>
        )}
        {onRemove && (
          <ActionIcon variant="subtle" color="gray" aria-label={`${label}: remove the group`} onClick={onRemove}>
            <IconTrash size={14} />
          </ActionIcon>
        )}
      </div>
      {members.length === 0 && (
        <p className="dim">{group === "any" ? "Nobody, while it is empty." : "Everyone, while it is empty."}</p>
      )}
      {members.map((member, index) => (
        <ConditionEditor
          key={index}
          condition={member}
          segments={segments}
          depth={depth + 1}
          label={`${label}.${index + 1}`}
          onChange={(next) => set(members.map((each, at) => (at === index ? next : each)))}
          onRemove={() => set(members.filter((_, at) => at !== index))}
        />
      ))}
    </fieldset>
  );
}

function TestEditor({ condition, segments, onChange, onRemove, label = "Condition" }: Props) {
  const known = operator(condition.operator);
  const set = (change: Partial<Condition>) => onChange({ ...condition, ...change });
  const choose = (name: string | null) => {
    const next = operator(name);
    const values = (condition.values ?? []).map((value) => readValue(writeValue(value, known.operand), next.operand));
    const kept = next.exactly === undefined ? values : values.slice(0, next.exactly);
    const { attribute, ...rest } = condition;
    onChange(
      next.alone
        ? { ...rest, operator: next.name, values: [] }
        : { ...rest, attribute: attribute ?? "", operator: next.name, values: kept },
    );
  };
  return (
    <div className={styles.test}>
      {!known.alone && (
        <TextInput
          className={styles.attribute}
          aria-label={`${label}: attribute`}
          placeholder="attribute"
          value={condition.attribute ?? ""}
          onChange={(event) => set({ attribute: event.currentTarget.value })}
          spellCheck={false}
        />
      )}
      <Select
        className={styles.operator}
        aria-label={`${label}: operator`}
        searchable
        data={OPERATORS.map((each) => ({ value: each.name, label: condition.negate ? each.not : each.words }))}
        value={known.name}
        onChange={choose}
      />
      {known.operand !== "none" && (
        <Values
          operand={known.operand}
          values={condition.values ?? []}
          segments={segments}
          exactly={known.exactly}
          label={`${label}: values`}
          onChange={(values) => set({ values: values as never })}
        />
      )}
      <Checkbox
        size="xs"
        label="not"
        checked={condition.negate ?? false}
        onChange={(event) => set({ negate: event.currentTarget.checked || undefined })}
      />
      {onRemove && (
        <ActionIcon variant="subtle" color="gray" aria-label={`${label}: remove the test`} onClick={onRemove}>
          <IconTrash size={14} />
        </ActionIcon>
      )}
    </div>
  );
}

type ValuesProps = {
  operand: Operand;
  values: unknown[];
  segments: string[];
  exactly?: number;
  label: string;
  onChange: (values: unknown[]) => void;
};

function Values({ operand, values, segments, exactly, label, onChange }: ValuesProps) {
  const placeholder: Partial<Record<Operand, string>> = {
    version: "1.2.0",
    time: "2026-11-22T09:00:00Z",
    network: "10.0.0.0/8",
  };
  return (
    <TagsInput
      size="xs"
      className={styles.values}
      aria-label={label}
      placeholder={values.length === 0 ? (placeholder[operand] ?? "value, Enter") : undefined}
      data={operand === "segment" ? segments : []}
      value={values.map((value) => writeValue(value, operand))}
      maxTags={exactly}
      acceptValueOnBlur
      splitChars={[]}
      onChange={(texts) => onChange(texts.map((text) => readValue(text, operand)))}
    />
  );
}
