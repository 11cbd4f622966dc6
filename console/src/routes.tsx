/** Every address of the console. Pages are loaded when they are first opened. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { decisions } from "./api/decisions";
import * as queries from "./api/queries";
import { NotFound, PageError } from "./components/PageError";
import { Shell } from "./layouts/Shell";

type Context = { client: QueryClient };

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound });

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>) => ({ back: text(search.back) }),
  component: lazyRouteComponent(() => import("./pages/session/SignInPage"), "SignInPage"),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("./pages/session/SetupPage"), "SetupPage"),
});

/** Everything behind the sign-in. `env` is the open environment, wherever one is. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  validateSearch: (search: Record<string, unknown>): { env?: string } => ({ env: text(search.env) }),
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(queries.session);
    } catch (error) {
      const failure = error as { needsSetup?: boolean; isSignedOut?: boolean };
      if (failure.needsSetup) throw redirect({ to: "/setup" });
      if (failure.isSignedOut) throw redirect({ to: "/sign-in", search: { back: location.href } });
      throw error;
    }
  },
  errorComponent: PageError,
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: async ({ context }) => {
    const projects = await context.client.ensureQueryData(queries.projects);
    const project = projects.find((each) => each.key === localStorage.getItem("hoist.project")) ?? projects[0];
    if (project) throw redirect({ to: "/projects/$project/flags", params: { project: project.key } });
  },
});

const project = createRoute({ getParentRoute: () => shell, path: "/projects/$project", component: Outlet });

export type FlagsSearch = {
  q?: string;
  owner?: string;
  tag?: string;
  category?: string;
  state?: string;
  sort?: string;
};

const flags = createRoute({
  getParentRoute: () => project,
  path: "/flags",
  validateSearch: (search: Record<string, unknown>): FlagsSearch => ({
    q: text(search.q),
    owner: text(search.owner),
    tag: text(search.tag),
    category: text(search.category),
    state: text(search.state),
    sort: text(search.sort),
  }),
  loader: ({ context, params }) => {
    void context.client.prefetchQuery(queries.overview(params.project));
    return context.client.ensureQueryData(queries.environments(params.project));
  },
  component: lazyRouteComponent(() => import("./pages/flags/FlagsPage"), "FlagsPage"),
});

const page = <P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => project, path, component });

const newFlag = page(
  "/flags/new",
  lazyRouteComponent(() => import("./pages/flags/NewFlagPage"), "NewFlagPage"),
);

export type FlagTab = "targeting" | "try" | "code" | "references" | "history" | "settings";
const TABS: FlagTab[] = ["targeting", "try", "code", "references", "history", "settings"];

const flag = createRoute({
  getParentRoute: () => project,
  path: "/flags/$flag",
  validateSearch: (search: Record<string, unknown>): { tab?: FlagTab } => ({
    tab: TABS.find((each) => each === search.tab),
  }),
  loader: ({ context, params }) => context.client.ensureQueryData(queries.flag(params.project, params.flag)),
  component: lazyRouteComponent(() => import("./pages/flag/FlagPage"), "FlagPage"),
});

const rollouts = createRoute({
  getParentRoute: () => project,
  path: "/rollouts",
  validateSearch: (search: Record<string, unknown>): { over?: boolean } => ({
    over: search.over === true ? true : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/rollouts/RolloutsPage"), "RolloutsPage"),
});

const startRollout = createRoute({
  getParentRoute: () => project,
  path: "/rollouts/new",
  validateSearch: (search: Record<string, unknown>): { flag?: string; plan?: string } => ({
    flag: text(search.flag),
    plan: text(search.plan),
  }),
  component: lazyRouteComponent(() => import("./pages/rollouts/StartRolloutPage"), "StartRolloutPage"),
});

const rollout = createRoute({
  getParentRoute: () => project,
  path: "/rollouts/$rollout",
  loader: ({ context, params }) => {
    void context.client.prefetchQuery(decisions(params.project, params.rollout));
    return context.client.ensureQueryData(queries.rollout(params.project, params.rollout));
  },
  component: lazyRouteComponent(() => import("./pages/rollouts/RolloutPage"), "RolloutPage"),
});

const plans = page(
  "/plans",
  lazyRouteComponent(() => import("./pages/plans/PlansPage"), "PlansPage"),
);
const metrics = page(
  "/metrics",
  lazyRouteComponent(() => import("./pages/metrics/MetricsPage"), "MetricsPage"),
);
const segments = page(
  "/segments",
  lazyRouteComponent(() => import("./pages/segments/SegmentsPage"), "SegmentsPage"),
);
const environments = page(
  "/environments",
  lazyRouteComponent(() => import("./pages/environments/EnvironmentsPage"), "EnvironmentsPage"),
);
const services = page(
  "/services",
  lazyRouteComponent(() => import("./pages/services/ServicesPage"), "ServicesPage"),
);
const stale = page(
  "/stale",
  lazyRouteComponent(() => import("./pages/stale/StalePage"), "StalePage"),
);

export type AuditSearch = {
  actor?: string;
  action?: string;
  subject?: string;
  kind?: string;
  since?: string;
  until?: string;
  all?: boolean;
};

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit",
  validateSearch: (search: Record<string, unknown>): AuditSearch => ({
    actor: text(search.actor),
    action: text(search.action),
    subject: text(search.subject),
    kind: text(search.kind),
    since: text(search.since),
    until: text(search.until),
  }),
  component: lazyRouteComponent(() => import("./pages/audit/AuditPage"), "AuditPage"),
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./pages/tokens/TokensPage"), "TokensPage"),
});

const system = createRoute({
  getParentRoute: () => shell,
  path: "/system",
  component: lazyRouteComponent(() => import("./pages/system/SystemPage"), "SystemPage"),
});

const tree = root.addChildren([
  signIn,
  setup,
  shell.addChildren([
    home,
    project.addChildren([
      flags,
      newFlag,
      flag,
      rollouts,
      startRollout,
      rollout,
      plans,
      metrics,
      segments,
      environments,
      services,
      stale,
    ]),
    audit,
    tokens,
    system,
  ]),
]);

/** Returns the router over a query cache; without a history of its own, over the browser's. */
export function makeRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    history,
    context: { client },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: PageError,
    defaultPendingMs: 150,
    scrollRestoration: true,
    scrollToTopSelectors: ["#main"],
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
