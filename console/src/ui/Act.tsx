/** A button that says why it does not work, instead of hiding or of waiting for a refusal. */
import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ButtonHTMLAttributes, MouseEvent } from "react";

type Props = ButtonProps &
  Omit<ButtonHTMLAttributes<HTMLButtonElement>, keyof ButtonProps> & {
    /** Why it does not work now; nothing says that it does. */
    refused?: string;
    /** What it will do. */
    effect?: string;
    /** The key of the page that does the same. */
    hotkey?: string;
  };

export function Act({ refused, effect, hotkey, onClick, ...rest }: Props) {
  const words = refused ?? [effect, hotkey && `Key: ${hotkey}`].filter(Boolean).join(" ");
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    // A disabled button cannot be reached with the keyboard, and so would keep its reason to itself.
    if (refused === undefined) onClick?.(event);
    else event.preventDefault();
  };
  return (
    <Tooltip label={words} disabled={!words} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...rest}
        data-disabled={refused !== undefined || undefined}
        aria-disabled={refused !== undefined}
        aria-description={refused}
        aria-keyshortcuts={hotkey}
        onClick={press}
      />
    </Tooltip>
  );
}
