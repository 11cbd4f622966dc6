/** Asks again for what the stream says has changed: for each thing one question at a time, and one more if it changed since. */
import { hashKey, type QueryClient, type QueryKey } from "@tanstack/react-query";

/** Longest wait for answers before the same is asked again: what hangs must not keep news from the page. */
const ANSWER_MAX_MS = 10_000;

/** For each client what is being asked for, and whether that has changed since. */
const underWay = new WeakMap<QueryClient, Map<string, boolean>>();

/**
 * Asks for everything under a key. While answers are on their way, further changes are remembered as one: a question that
 * replaced the one before would show nothing while changes come quicker than answers, and each replaced one stays in memory,
 * with its request, until the last is answered.
 */
export function askAgain(client: QueryClient, queryKey: QueryKey) {
  const asking = underWay.get(client) ?? new Map<string, boolean>();
  underWay.set(client, asking);
  const hash = hashKey(queryKey);
  const isAsked = asking.has(hash);
  asking.set(hash, isAsked);
  if (isAsked) return;
  void answered(client.invalidateQueries({ queryKey })).then(() => {
    const hasChanged = asking.get(hash);
    asking.delete(hash);
    if (hasChanged) askAgain(client, queryKey);
  });
}

/** Waits for answers, right or wrong, for as long as one waits. */
async function answered(answers: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ANSWER_MAX_MS);
  });
  await Promise.race([answers, late]).catch(() => undefined);
  clearTimeout(timer);
}
