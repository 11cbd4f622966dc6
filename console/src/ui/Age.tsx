/** How long ago something was; the moment with its zone on demand. */
import { useNow } from "~/hooks/useNow";
import { ago, moment } from "~/util/time";

export function Age({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return <span className="dim">–</span>;
  return (
    <time dateTime={at} className="num" title={moment(at)}>
      {ago(at, now)}
    </time>
  );
}
