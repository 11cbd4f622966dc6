/** The guards of a plan as rows. */
import { ActionIcon, Button, NumberInput, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { Schemas } from "~/api/client";
import styles from "./PlanEditor.module.css";

type Guard = Schemas["Guard"];
type Props = { guards: Guard[]; metrics: string[]; onChange: (guards: Guard[]) => void };

const ON_BREACH = [
  { value: "roll_back", label: "roll back" },
  { value: "step_back", label: "step back" },
  { value: "pause", label: "pause" },
  { value: "notify", label: "notify" },
];
const ON_NO_DATA = [
  { value: "hold", label: "silence: hold" },
  { value: "pause", label: "silence: pause" },
  { value: "step_back", label: "silence: step back" },
  { value: "roll_back", label: "silence: roll back" },
];

export function GuardFields({ guards, metrics, onChange }: Props) {
  const set = (index: number, change: Partial<Guard>) =>
    onChange(guards.map((guard, at) => (at === index ? { ...guard, ...change } : guard)));
  const add = () => {
    const metric = metrics.find((each) => !guards.some((guard) => guard.metric === each)) ?? metrics[0] ?? "";
    onChange([
      ...guards,
      {
        key: metric || `guard-${guards.length + 1}`,
        metric,
        limit: { above: 0.01 },
        mode: "sequential",
        on_breach: "roll_back",
        on_no_data: "hold",
      },
    ]);
  };
  return (
    <fieldset className={styles.rows}>
      <div className={styles.rowHead}>
        <h2>Guards</h2>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={12} />}
          onClick={add}
          disabled={metrics.length === 0}
          title={metrics.length === 0 ? "Make a metric first" : undefined}
        >
          Guard
        </Button>
      </div>
      {guards.length === 0 && <p className="dim">Without guards a rollout goes by time and people alone.</p>}
      {guards.map((guard, index) => {
        const [side, limit] = sideOf(guard.limit);
        return (
          <div key={index} className={styles.row}>
            <TextInput
              className={styles.flex}
              aria-label={`Key of guard ${index + 1}`}
              value={guard.key}
              onChange={(event) => set(index, { key: event.currentTarget.value })}
            />
            <Select
              className={styles.middle}
              aria-label={`Metric of guard ${index + 1}`}
              data={metrics}
              value={guard.metric}
              onChange={(metric) => set(index, { metric: metric ?? "" })}
            />
            <Select
              className={styles.narrow}
              aria-label={`Side of guard ${index + 1}`}
              data={["above", "below", "control"]}
              value={side}
              onChange={(next) =>
                set(index, { limit: limitOf(next ?? "above", next === "control" ? undefined : limit) })
              }
            />
            <NumberInput
              size="xs"
              className={styles.narrow}
              aria-label={`Limit of guard ${index + 1}`}
              value={limit ?? ""}
              decimalScale={6}
              onChange={(value) =>
                set(index, { limit: limitOf(side, value === "" ? undefined : Number(value), guard.limit) })
              }
            />
            {side === "control" && (
              <NumberInput
                size="xs"
                className={styles.narrow}
                aria-label={`Relaxed limit of guard ${index + 1}`}
                title="A stage may also be left once the 95 % sequence of the ratio ends no worse than this"
                placeholder="relaxed"
                min={1}
                decimalScale={3}
                value={relaxedOf(guard.limit) ?? ""}
                onChange={(value) =>
                  set(index, { limit: relax(guard.limit, value === "" ? undefined : Number(value)) })
                }
              />
            )}
            <Select
              className={styles.middle}
              aria-label={`What a breach of guard ${index + 1} does`}
              data={ON_BREACH}
              value={guard.on_breach ?? "roll_back"}
              onChange={(value) => set(index, { on_breach: value as Guard["on_breach"] })}
            />
            <Select
              className={styles.middle}
              aria-label={`What silence of guard ${index + 1} does`}
              data={ON_NO_DATA}
              value={guard.on_no_data ?? "hold"}
              onChange={(value) => set(index, { on_no_data: value as Guard["on_no_data"] })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove guard ${index + 1}`}
              onClick={() => onChange(guards.filter((_, at) => at !== index))}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </div>
        );
      })}
    </fieldset>
  );
}

/** Returns the side of a limit and its number; against the control the number is the margin. */
function sideOf(limit: Guard["limit"]): [string, number | undefined] {
  if ("above" in limit) return ["above", limit.above];
  if ("below" in limit) return ["below", limit.below];
  return ["control", limit.control?.margin ?? undefined];
}

function relaxedOf(limit: Guard["limit"]): number | undefined {
  return "control" in limit ? (limit.control?.relaxed ?? undefined) : undefined;
}

/** Returns a comparison with the control that lets a stage be left at this ratio, or at none. */
export function relax(limit: Guard["limit"], relaxed: number | undefined): Guard["limit"] {
  const { relaxed: _, ...rest } = "control" in limit ? (limit.control ?? {}) : {};
  return { control: relaxed ? { ...rest, relaxed } : rest } as Guard["limit"];
}

/** Returns the limit with this number. What a comparison with the control says beside its margin stays as it was. */
export function limitOf(side: string, value: number | undefined, was?: Guard["limit"]): Guard["limit"] {
  if (side === "control") {
    const { margin: _, ...rest } = was && "control" in was ? (was.control ?? {}) : {};
    return { control: value ? { ...rest, margin: value } : rest } as Guard["limit"];
  }
  return (side === "below" ? { below: value ?? 0 } : { above: value ?? 0 }) as Guard["limit"];
}
