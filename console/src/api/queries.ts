/** What the pages ask for: one entry a resource, keyed so that the event stream can name what has changed. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, everything, type Schemas, unwrap, upTo, versioned } from "./client";
import { inParts } from "./parts";

const PART = 200;
/** Most flags that are judged for a list unless more are asked for: each part of it costs the server a judgement of all. */
const JUDGED_MAX = 2_000;
const WATCHING_MS = 1_500;

export const session = queryOptions({
  queryKey: ["session"],
  queryFn: () => unwrap(api.GET("/api/v1/session")),
  retry: false,
  staleTime: 60_000,
});

export const system = queryOptions({
  queryKey: ["system"],
  queryFn: () => unwrap(api.GET("/api/v1/system")),
});

export const projects = queryOptions({
  queryKey: ["projects"],
  queryFn: () =>
    everything((cursor) => unwrap(api.GET("/api/v1/projects", { params: { query: { limit: PART, cursor } } }))),
  staleTime: 60_000,
});

export const environments = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "environments"],
    queryFn: async () => {
      const found = await unwrap(api.GET("/api/v1/projects/{project}/environments", { params: { path: { project } } }));
      return "items" in found ? (found.items as Schemas["Environment"][]) : (found as Schemas["Environment"][]);
    },
    staleTime: 30_000,
  });

export const overview = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "overview"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/overview", { params: { path: { project } } })),
  });

export const flag = (project: string, key: string) =>
  queryOptions({
    queryKey: ["project", project, "flag", key],
    queryFn: () =>
      versioned(api.GET("/api/v1/projects/{project}/flags/{flag}", { params: { path: { project, flag: key } } })),
  });

export const segments = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "segments"],
    queryFn: () =>
      everything((cursor) =>
        unwrap(
          api.GET("/api/v1/projects/{project}/segments", {
            params: { path: { project }, query: { limit: PART, cursor } },
          }),
        ),
      ),
  });

export const plans = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "plans"],
    queryFn: () =>
      everything((cursor) =>
        unwrap(
          api.GET("/api/v1/projects/{project}/plans", {
            params: { path: { project }, query: { limit: PART, cursor } },
          }),
        ),
      ),
  });

export const metrics = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "metrics"],
    queryFn: () =>
      everything((cursor) =>
        unwrap(
          api.GET("/api/v1/projects/{project}/metrics", {
            params: { path: { project }, query: { limit: PART, cursor } },
          }),
        ),
      ),
  });

export const services = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "services"],
    queryFn: () =>
      everything((cursor) =>
        unwrap(
          api.GET("/api/v1/projects/{project}/services", {
            params: { path: { project }, query: { limit: PART, cursor } },
          }),
        ),
      ),
  });

export const features = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "features"],
    queryFn: () =>
      everything((cursor) =>
        unwrap(
          api.GET("/api/v1/projects/{project}/features", {
            params: { path: { project }, query: { limit: PART, cursor } },
          }),
        ),
      ),
  });

export type RolloutWish = { flag?: string; environment?: string; active?: boolean };

/** The rollouts of a project, newest first. */
export const rollouts = (project: string, wish: RolloutWish = {}) =>
  inParts(["project", project, "rollouts", wish], (cursor) => {
    const query = { ...wish, limit: PART, cursor };
    return unwrap(api.GET("/api/v1/projects/{project}/rollouts", { params: { path: { project }, query } }));
  });

export const rollout = (project: string, id: string) =>
  queryOptions({
    queryKey: ["project", project, "rollout", id],
    queryFn: () =>
      versioned(
        api.GET("/api/v1/projects/{project}/rollouts/{rollout}", { params: { path: { project, rollout: id } } }),
      ),
    // What servers report of a rollback is no change of the rollout, so nobody tells.
    refetchInterval: ({ state }) => (state.data?.value.safety?.status === "watching" ? WATCHING_MS : false),
  });

export const looks = (project: string, id: string) =>
  queryOptions({
    queryKey: ["project", project, "looks", id],
    queryFn: async () => {
      const path = { project, rollout: id };
      const found = await unwrap(api.GET("/api/v1/projects/{project}/rollouts/{rollout}/looks", { params: { path } }));
      return found.items;
    },
  });

/** What a start would mean. */
export type Asking = {
  flag: string;
  environment: string;
  plan: Schemas["Plan"];
  overlap?: Schemas["RolloutOverlapChoice"];
};

export const preview = (project: string, body: Asking) =>
  queryOptions({
    queryKey: ["project", project, "preview", body],
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/projects/{project}/rollouts/preview", {
          params: { path: { project } },
          body: body as never,
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
  });

/** What is said about the retirement of flags, by key: those about which there is something to say, or all. */
export const staleness = (project: string, all = false) =>
  inParts(["project", project, "staleness", all], (from) =>
    upTo(JUDGED_MAX, from, (cursor) => {
      const query = { all, limit: PART, cursor };
      return unwrap(api.GET("/api/v1/projects/{project}/staleness", { params: { path: { project }, query } }));
    }),
  );

export const stalenessOf = (project: string, flag: string) =>
  queryOptions({
    queryKey: ["project", project, "staleness", "of", flag],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project}/flags/{flag}/staleness", { params: { path: { project, flag } } })),
  });

export const references = (project: string, flag: string) =>
  queryOptions({
    queryKey: ["project", project, "references", flag],
    queryFn: async () => {
      const path = { project, flag };
      const found = await unwrap(api.GET("/api/v1/projects/{project}/flags/{flag}/references", { params: { path } }));
      return found.items;
    },
  });

export const tokens = queryOptions({
  queryKey: ["tokens"],
  queryFn: () =>
    everything((cursor) => unwrap(api.GET("/api/v1/tokens", { params: { query: { limit: PART, cursor } } }))),
});

export type AuditWish = {
  project?: string;
  environment?: string;
  actor?: string;
  subject?: string;
  subject_kind?: string;
  action?: string;
  since?: string;
  until?: string;
};

/** Records of the audit log, newest first. */
export const audit = (wish: AuditWish) =>
  inParts(["audit", wish], (cursor) =>
    unwrap(api.GET("/api/v1/audit", { params: { query: { ...wish, limit: PART, cursor } } })),
  );
