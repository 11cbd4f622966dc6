/** Flags that must serve certain variants first. */
import { ActionIcon, Button, MultiSelect, Select } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "~/api/client";
import * as queries from "~/api/queries";
import styles from "./ConditionEditor.module.css";

type Prerequisite = Schemas["Prerequisite"];
type Props = { project: string; self: string; value: Prerequisite[]; onChange: (next: Prerequisite[]) => void };

export function PrerequisiteFields({ project, self, value, onChange }: Props) {
  const { data } = useQuery(queries.overview(project));
  const flags = (data?.flags ?? []).map((flag) => flag.key).filter((key) => key !== self);
  const set = (index: number, change: Partial<Prerequisite>) =>
    onChange(value.map((each, at) => (at === index ? { ...each, ...change } : each)));
  return (
    <div className="stack tight">
      {value.map((other, index) => (
        <div key={index} className={styles.test}>
          <span className="dim">Only if</span>
          <Select
            searchable
            className={styles.operator}
            aria-label={`Prerequisite ${index + 1}: flag`}
            data={flags}
            value={other.flag || null}
            onChange={(flag) => set(index, { flag: flag ?? "", variants: [] })}
          />
          <span className="dim">serves</span>
          <VariantsOf
            project={project}
            flag={other.flag}
            value={other.variants}
            label={`Prerequisite ${index + 1}: variants`}
            onChange={(variants) => set(index, { variants })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Prerequisite ${index + 1}: remove`}
            onClick={() => onChange(value.filter((_, at) => at !== index))}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={12} />}
          disabled={flags.length === 0}
          onClick={() => onChange([...value, { flag: "", variants: [] }])}
        >
          Add a prerequisite
        </Button>
      </div>
    </div>
  );
}

type VariantsProps = {
  project: string;
  flag: string;
  value: string[];
  label: string;
  onChange: (next: string[]) => void;
};

function VariantsOf({ project, flag, value, label, onChange }: VariantsProps) {
  const { data } = useQuery({ ...queries.flag(project, flag), enabled: flag !== "" });
  const variants = data?.value.variants.map((variant) => variant.key) ?? value;
  return (
    <MultiSelect
      size="xs"
      className={styles.values}
      aria-label={label}
      data={variants}
      value={value}
      onChange={onChange}
    />
  );
}
