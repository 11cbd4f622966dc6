/** The stages of a plan as rows. */
import { ActionIcon, Button, NumberInput, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { Schemas } from "~/api/client";
import styles from "./PlanEditor.module.css";

type Stage = Schemas["Stage"];
type Props = { stages: Stage[]; segments: string[]; onChange: (stages: Stage[]) => void };

export function StageFields({ stages, segments, onChange }: Props) {
  const set = (index: number, change: Partial<Stage>) =>
    onChange(stages.map((stage, at) => (at === index ? { ...stage, ...change } : stage)));
  const add = () =>
    onChange([
      ...stages,
      { name: `stage ${stages.length + 1}`, percentage: 100, bake: "30m", minimum_treated: 0, gate: "automatic" },
    ]);
  return (
    <fieldset className={styles.rows}>
      <div className={styles.rowHead}>
        <h2>Stages</h2>
        <Button size="compact-xs" variant="default" leftSection={<IconPlus size={12} />} onClick={add}>
          Stage
        </Button>
      </div>
      {stages.map((stage, index) => (
        <div key={index} className={styles.row}>
          <TextInput
            className={styles.flex}
            aria-label={`Name of stage ${index + 1}`}
            value={stage.name}
            onChange={(event) => set(index, { name: event.currentTarget.value })}
          />
          <NumberInput
            size="xs"
            className={styles.narrow}
            aria-label={`Percentage of stage ${index + 1}`}
            min={0}
            max={100}
            decimalScale={3}
            suffix=" %"
            value={stage.percentage}
            onChange={(value) => set(index, { percentage: Number(value) })}
          />
          <Select
            className={styles.middle}
            aria-label={`Audience of stage ${index + 1}`}
            placeholder="of everyone"
            clearable
            allowDeselect
            data={segments}
            value={stage.audience ?? null}
            onChange={(audience) => set(index, { audience: audience ?? undefined })}
          />
          <TextInput
            className={styles.narrow}
            aria-label={`Bake of stage ${index + 1}`}
            placeholder="30m"
            value={stage.bake ?? ""}
            onChange={(event) => set(index, { bake: event.currentTarget.value })}
          />
          <NumberInput
            size="xs"
            className={styles.narrow}
            aria-label={`Treated units of stage ${index + 1}`}
            min={0}
            suffix=" treated"
            value={stage.minimum_treated ?? 0}
            onChange={(value) => set(index, { minimum_treated: Number(value) })}
          />
          <Select
            className={styles.middle}
            aria-label={`Gate of stage ${index + 1}`}
            data={[
              { value: "automatic", label: "on evidence" },
              { value: "approval", label: "on approval" },
            ]}
            value={stage.gate ?? "automatic"}
            onChange={(gate) => set(index, { gate: gate as Stage["gate"] })}
          />
          <TextInput
            className={styles.narrow}
            aria-label={`Maximum time of stage ${index + 1}`}
            placeholder="at most 1d"
            value={stage.maximum_time ?? ""}
            onChange={(event) => set(index, { maximum_time: event.currentTarget.value || undefined })}
          />
          <Select
            className={styles.middle}
            aria-label={`What stage ${index + 1} does after its maximum time`}
            data={[
              { value: "pause", label: "too long: pause" },
              { value: "roll_back", label: "too long: roll back" },
            ]}
            value={stage.on_maximum_time ?? "pause"}
            onChange={(value) => set(index, { on_maximum_time: value as Stage["on_maximum_time"] })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove stage ${index + 1}`}
            disabled={stages.length === 1}
            onClick={() => onChange(stages.filter((_, at) => at !== index))}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </div>
      ))}
    </fieldset>
  );
}
