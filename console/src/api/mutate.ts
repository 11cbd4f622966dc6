/** One way to change things: asks, tells, and asks again for whatever the change may have touched. */
import { notifications } from "@mantine/notifications";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { sentence } from "./errors";

type Plan<Input, Output> = {
  run: (input: Input) => Promise<Output>;
  /** What is asked for again afterwards. */
  touches: QueryKey[];
  /** What is said when it worked; nothing says nothing. */
  done?: (output: Output, input: Input) => string;
  /** Whether a failure is not told here: forms and dialogs show their own, and a notice would cover what is to be done. */
  quiet?: boolean;
  onSuccess?: (output: Output, input: Input) => void;
};

export function useMutate<Input, Output>({ run, touches, done, quiet, onSuccess }: Plan<Input, Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: async (output, input) => {
      const text = done?.(output, input);
      if (text) notifications.show({ message: text, color: "green", autoClose: 5_000 });
      onSuccess?.(output, input);
      await Promise.all(touches.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
    onError: (error) => {
      if (!quiet) notifications.show({ message: sentence(error), color: "red", autoClose: 12_000 });
    },
  });
}
