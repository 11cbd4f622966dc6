/** A JSON value to edit as text. It is handed on only while it reads. */
import { Textarea } from "@mantine/core";
import { useState } from "react";
import styles from "./JsonField.module.css";

type Props = {
  label: string;
  description?: string;
  value: unknown;
  onChange: (value: unknown, valid: boolean) => void;
  rows?: number;
};

export function JsonField({ label, description, value, onChange, rows = 6 }: Props) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [problem, setProblem] = useState("");
  const change = (next: string) => {
    setText(next);
    try {
      onChange(JSON.parse(next), true);
      setProblem("");
    } catch {
      setProblem("This is not JSON yet");
      onChange(value, false);
    }
  };
  return (
    <Textarea
      label={label}
      description={description}
      size="xs"
      autosize
      minRows={rows}
      maxRows={24}
      value={text}
      error={problem || undefined}
      spellCheck={false}
      classNames={{ input: styles.code }}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
