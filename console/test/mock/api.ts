/** The management API in memory, for tests of pages: answers are checked by the compiler against the server's document. */
import type { FieldProblem } from "~/api/errors";
import type { paths } from "~/api/generated/schema";

type Method = "get" | "post" | "put" | "patch" | "delete";
type Methods<P extends keyof paths> = { [M in Method]: paths[P][M] extends undefined ? never : M }[Method];

/** Every route of the API, such as `GET /api/v1/session`. */
export type Route = {
  [P in keyof paths & string]: `${Uppercase<Methods<P> & string>} ${P}`;
}[keyof paths & string];

type Operation<R extends string> = R extends `${infer M} ${infer P extends keyof paths & string}`
  ? paths[P][Lowercase<M> & Method]
  : never;
type Ok<O> = O extends { responses: infer A } ? A[keyof A & (200 | 201 | 202 | 204)] : never;
type Content<A> = A extends { content: infer C }
  ? C extends { "application/json": infer B }
    ? B
    : unknown
  : undefined;

/** What a route answers when it works. */
export type Answer<R extends Route> = Content<Ok<Operation<R>>>;

export type Asked = { params: Record<string, string>; query: URLSearchParams; headers: Headers; body: unknown };

/** A refusal, as the server words them. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail = "",
    readonly errors: FieldProblem[] = [],
  ) {}
}

/** An answer with its version. */
export class Versioned<B> {
  constructor(
    readonly body: B,
    readonly version: number,
  ) {}
}

type Said<B> = B | Versioned<B> | Refusal | Promise<B | Versioned<B> | Refusal>;
export type Handlers = { [R in Route]?: (asked: Asked) => Said<Answer<R>> };

export type Mock = {
  /** Every request so far, such as `GET /api/v1/session`. */
  seen: string[];
  /** Replaces what routes answer. */
  use: (more: Handlers) => void;
  restore: () => void;
};

/** Puts the API in the place of fetch. A route without a handler is a failure of the test, and answers 501. */
export function mockApi(handlers: Handlers): Mock {
  let table = compile(handlers);
  const seen: string[] = [];
  const before = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input instanceof Request ? input : new URL(String(input), location.href), init);
    const url = new URL(request.url);
    seen.push(`${request.method} ${url.pathname}`);
    for (const { method, pattern, names, handle } of table) {
      const found = method === request.method ? pattern.exec(url.pathname) : null;
      if (!found) continue;
      const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
      const text = await request.text();
      const body = text ? JSON.parse(text) : undefined;
      return answer(await handle({ params, query: url.searchParams, headers: request.headers, body }));
    }
    return answer(new Refusal(501, "not_mocked", `No handler for ${request.method} ${url.pathname}`));
  };
  return {
    seen,
    use: (more) => {
      table = [...compile(more), ...table];
    },
    restore: () => {
      globalThis.fetch = before;
    },
  };
}

type Entry = { method: string; pattern: RegExp; names: string[]; handle: (asked: Asked) => unknown };

function compile(handlers: Handlers): Entry[] {
  return Object.entries(handlers).map(([route, handle]) => {
    const [method = "", path = ""] = route.split(" ");
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "");
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
    return { method, pattern, names, handle: handle as Entry["handle"] };
  });
}

function answer(said: unknown): Response {
  if (said instanceof Refusal) {
    const { status, code, title, detail, errors } = said;
    const headers = { "content-type": "application/problem+json" };
    return new Response(JSON.stringify({ type: "about:blank", status, code, title, detail, errors }), {
      status,
      headers,
    });
  }
  if (said === undefined) return new Response(null, { status: 204 });
  const body = said instanceof Versioned ? said.body : said;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (said instanceof Versioned) headers.etag = `"${said.version}"`;
  return new Response(JSON.stringify(body), { status: 200, headers });
}
