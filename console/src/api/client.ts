/** The client of the management API: typed by the server's own document. */
import createClient from "openapi-fetch";
import { ApiFailure, failureOf } from "./errors";
import type { components, paths } from "./generated/schema";

export type Schemas = components["schemas"];

/** The raw client. Fetch is looked up per call, so that tests can replace it. */
export const api = createClient<paths>({
  baseUrl: "/",
  credentials: "same-origin",
  fetch: (request: Request) => globalThis.fetch(request),
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Returns the body of an answer, or throws an `ApiFailure`. */
export async function unwrap<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await reach(asked);
  if (!response.ok) throw failureOf(response, error);
  return data as T;
}

/** Returns the body of an answer with its version (the ETag), or throws. */
export async function versioned<T>(asked: Promise<Answer<T>>): Promise<{ value: T; version: string }> {
  const { data, error, response } = await reach(asked);
  if (!response.ok) throw failureOf(response, error);
  return { value: data as T, version: response.headers.get("etag") ?? "*" };
}

async function reach<T>(asked: Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await asked;
  } catch (cause) {
    throw new ApiFailure({ status: 0, code: "unreachable", title: "The server cannot be reached", cause });
  }
}

/** Most items of a list that is read whole: as many as a project may have flags, of which there may be more than of all else. */
const WHOLE_MAX = 20_000;

type Part<T> = { items: T[]; next?: string | null };
type Ask<T> = (cursor: string | undefined) => Promise<Part<T>>;

/** Returns every item of a list that comes in parts. */
export async function everything<T>(part: Ask<T>): Promise<T[]> {
  return (await upTo(WHOLE_MAX, undefined, part)).items;
}

/** Returns the parts of a list as one, until it ends or has at least `most` items. */
export async function upTo<T>(most: number, from: string | undefined, part: Ask<T>): Promise<Part<T>> {
  const items: T[] = [];
  let cursor = from;
  do {
    const page = await part(cursor);
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor && items.length < most);
  return { items, next: cursor };
}
