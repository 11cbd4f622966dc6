/** How long ago something was; the moment with its zone on demand. */
import { Tooltip } from "@mantine/core";
import { useNow } from "~/hooks/useNow";
import { ago, moment } from "~/util/time";

export function Age({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return <span className="dim">–</span>;
  return (
    <Tooltip label={moment(at)}>
      <time dateTime={at} className="num">
        {ago(at, now)}
      </time>
    </Tooltip>
  );
}
