/** The variants of a new flag. */
import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { VariantDraft } from "./NewFlagPage";

type Props = { kind: string; variants: VariantDraft[]; onChange: (next: VariantDraft[]) => void };

export function VariantFields({ kind, variants, onChange }: Props) {
  const set = (index: number, change: Partial<VariantDraft>) =>
    onChange(variants.map((each, at) => (at === index ? { ...each, ...change } : each)));
  return (
    <div className="stack tight">
      {variants.map((variant, index) => (
        <div key={index} className="row">
          <TextInput
            aria-label={`Key of variant ${index + 1}`}
            value={variant.key}
            onChange={(event) => set(index, { key: event.currentTarget.value })}
          />
          {kind === "boolean" ? (
            <Select
              aria-label={`Value of variant ${index + 1}`}
              data={["true", "false"]}
              value={variant.text}
              onChange={(next) => set(index, { text: next ?? "false" })}
            />
          ) : (
            <TextInput
              className="grow"
              aria-label={`Value of variant ${index + 1}`}
              value={variant.text}
              onChange={(event) => set(index, { text: event.currentTarget.value })}
            />
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove variant ${index + 1}`}
            disabled={variants.length === 1}
            onClick={() => onChange(variants.filter((_, at) => at !== index))}
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
          onClick={() => onChange([...variants, { key: "", text: kind === "boolean" ? "true" : "" }])}
        >
          Variant
        </Button>
      </div>
    </div>
  );
}
