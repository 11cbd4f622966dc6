/** The last question before a change: what exactly will happen, why, and in protected places the name of the thing. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { sentence } from "~/api/errors";
import { Dialog } from "~/ui/Dialog";
import { Refused } from "~/ui/Refused";
import styles from "./Confirm.module.css";

type Props = {
  title: ReactNode;
  verb: string;
  danger?: boolean;
  /** What must be typed before the button works; nothing asks for nothing. */
  typed?: { what: string; text: string };
  withReason?: boolean;
  /** Whether the button works only with a reason. */
  needsReason?: boolean;
  size?: string;
  onClose: () => void;
  onConfirm: (reason: string) => Promise<unknown>;
  children?: ReactNode;
};

export function Confirm({
  title,
  verb,
  danger,
  typed,
  withReason = true,
  needsReason = false,
  size = "md",
  onClose,
  onConfirm,
  children,
}: Props) {
  const [reason, setReason] = useState("");
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const missing =
    typed !== undefined && name !== typed.text
      ? `Type ${typed.text} first`
      : needsReason && reason.trim() === ""
        ? "Say why first"
        : undefined;
  const blocked = missing !== undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (blocked || busy) return;
    setBusy(true);
    setProblem("");
    try {
      await onConfirm(reason.trim());
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog onClose={onClose} title={title} size={size}>
      <form onSubmit={submit} className="stack">
        {children}
        {withReason && (
          <TextInput
            label="Reason"
            description="For the audit log and those who are told."
            value={reason}
            required={needsReason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus={typed ? undefined : true}
          />
        )}
        {typed && (
          <TextInput
            label={`Type the name of the ${typed.what}`}
            description={
              <>
                <code className="user-text">{typed.text}</code> is protected.
              </>
            }
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <Refused words={problem} />
        <div className={styles.buttons}>
          <Button size="xs" variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button
            size="xs"
            type="submit"
            color={danger ? "red" : undefined}
            loading={busy}
            disabled={blocked}
            title={missing}
          >
            {verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
