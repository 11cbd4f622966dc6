/** The decisions of a rollout: the last ones, and on demand those before. A decision never changes, so none is read twice. */
import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "./client";

type Decision = Schemas["Decision"];

/** Most decisions that are held without being asked for. */
export const HELD = 1_000;
/** Most decisions of one answer. */
const PART = 200;

/** The last decisions, oldest first. Asking again only brings those that came since. */
export const decisions = (project: string, rollout: string) => {
  const queryKey = ["project", project, "decisions", rollout];
  const part = partOf(project, rollout);
  return queryOptions({
    queryKey,
    queryFn: async ({ client }) => {
      let held = client.getQueryData<Decision[]>(queryKey) ?? [];
      let page = await part(held.at(-1)?.seq ?? 0);
      if (page.next && held.length === 0) page = await part(await beforeLast(part));
      for (;;) {
        held = [...held, ...page.items].slice(-HELD);
        if (!page.next) return held;
        page = await part(held.at(-1)?.seq ?? 0);
      }
    },
  });
};

/** Returns the decisions before the one with a number, oldest first: at most a part of them. */
export async function before(project: string, rollout: string, seq: number): Promise<Decision[]> {
  const after = Math.max(0, seq - 1 - PART);
  return (await partOf(project, rollout)(after, seq - 1 - after)).items;
}

type Part = (after: number, limit?: number) => Promise<{ items: Decision[]; next?: string | null }>;

function partOf(project: string, rollout: string): Part {
  const path = { project, rollout };
  return (after, limit = PART) =>
    unwrap(
      api.GET("/api/v1/projects/{project}/rollouts/{rollout}/decisions", {
        params: { path, query: { limit, cursor: String(after) } },
      }),
    );
}

/**
 * Returns the number after which the last ones follow, as many as are held. The server lists from the first one, and numbers
 * have no gaps: so the end is found by halving, and not by reading what may be a month of decisions.
 */
async function beforeLast(part: Part): Promise<number> {
  const follows = async (seq: number) => (await part(seq, 1)).items.length > 0;
  let [some, none] = [0, HELD];
  while (await follows(none)) [some, none] = [none, none * 2];
  while (none - some > PART) {
    const middle = Math.floor((some + none) / 2);
    if (await follows(middle)) some = middle;
    else none = middle;
  }
  return Math.max(0, none - HELD);
}
