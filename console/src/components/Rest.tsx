/** Under a list that came in parts: how much of it is here, and a way to the rest; or why it could not be read. Nothing if it is whole. */
import { sentence } from "~/api/errors";
import type { Parts } from "~/api/parts";
import { More } from "~/ui/More";
import { Refused } from "~/ui/Refused";
import { count } from "~/util/number";

type Props<T> = { list: Parts<T>; words?: (shown: string) => string };

export function Rest<T>({ list, words = (shown) => `The first ${shown}` }: Props<T>) {
  if (list.error) return <Refused words={`The list could not be read: ${sentence(list.error)}`} />;
  if (!list.hasMore) return null;
  return (
    <More words={`${words(count(list.rows.length))}; there are more`} isBusy={list.isBringing} onMore={list.bring} />
  );
}
