/** Refusals of the API, as problems (RFC 9457). The only place that knows their codes. */

export type FieldProblem = { path: string; code: string; message: string };

type Facts = {
  status: number;
  code: string;
  title: string;
  detail?: string;
  errors?: FieldProblem[];
  cause?: unknown;
};

/** What a request came to when it did not work. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: FieldProblem[];

  constructor(facts: Facts) {
    super(facts.detail ? `${facts.title}. ${facts.detail}` : facts.title, { cause: facts.cause });
    this.status = facts.status;
    this.code = facts.code;
    this.title = facts.title;
    this.detail = facts.detail ?? "";
    this.errors = facts.errors ?? [];
  }

  /** Whether somebody else changed the thing since it was read. */
  get isConflict(): boolean {
    return this.status === 412;
  }

  /** Whether the same question may be answered a moment later: nobody answered, or the server was too busy to. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 503;
  }

  /** Whether a rollout overlaps with another one, and nobody has said what to do about that. */
  get overlaps(): boolean {
    return this.errors.some((field) => field.code === "overlaps");
  }

  /** Whether nobody is signed in. */
  get isSignedOut(): boolean {
    return this.status === 401;
  }

  /** Whether the server waits for its first administrator. */
  get needsSetup(): boolean {
    return this.code === "setup_required";
  }
}

/** Returns the failure that an answer describes. */
export function failureOf(response: Response, body: unknown): ApiFailure {
  const problem = (typeof body === "object" && body !== null ? body : {}) as Partial<Facts>;
  return new ApiFailure({
    status: response.status,
    code: problem.code ?? "unknown",
    title: problem.title ?? `The server answered ${response.status}`,
    detail: problem.detail,
    errors: problem.errors,
  });
}

/** Returns what is wrong with each of some fields, by its path; and under `rest` one sentence about everything else. */
export function byField(error: unknown, paths: string[]): { [path: string]: string | undefined; rest?: string } {
  if (!error) return {};
  const problems = error instanceof ApiFailure ? error.errors : [];
  const named = problems.filter((field) => paths.includes(field.path));
  const told = (path: string) => named.filter((field) => field.path === path).map((field) => field.message);
  const fields = paths.map((path) => [path, told(path).join("; ") || undefined]);
  const others = problems.filter((field) => !named.includes(field)).map(inWords);
  const rest = problems.length > 0 ? others.join("; ") || undefined : sentence(error);
  return { ...Object.fromEntries(fields), rest };
}

function inWords(field: FieldProblem): string {
  return field.path ? `${field.path} ${field.message}` : field.message;
}

/** Returns one sentence for people. */
export function sentence(error: unknown): string {
  if (!(error instanceof ApiFailure)) return error instanceof Error ? error.message : "Something went wrong";
  const fields = error.errors.map(inWords);
  return fields.length > 0 ? fields.join("; ") : error.message;
}
