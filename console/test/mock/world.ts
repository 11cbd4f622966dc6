/** A project with one flag, as the API shows it to somebody who may do everything. */
import type { Schemas } from "~/api/client";
import { type Handlers, Versioned } from "./api";

const AT = "2026-11-21T22:00:00.000000Z";

export const ENVIRONMENT: Schemas["Environment"] = {
  project: "default",
  key: "staging",
  title: "Staging",
  protected: false,
  position: 0,
  generation: 1,
  version: 1,
  created_at: AT,
};

export const TARGETING: Schemas["Targeting"] = {
  enabled: true,
  off_variant: "off",
  default: { variant: "off" },
  rules: [],
  prerequisites: [],
};

export const FLAG: Schemas["Flag"] = {
  project: "default",
  key: "new-checkout",
  title: "New checkout",
  description: "",
  owner: "payments",
  kind: "boolean",
  category: "release",
  lifetime: "temporary",
  exposed_to_clients: false,
  tags: [],
  variants: [
    { key: "on", value: true },
    { key: "off", value: false },
  ],
  environments: [{ environment: "staging", targeting: TARGETING, version: 3, generation: 1, changed_at: AT }],
  version: 1,
  created_at: AT,
  changed_at: AT,
};

export const OVERVIEW_FLAG: Schemas["OverviewFlag"] = {
  key: FLAG.key,
  title: FLAG.title,
  owner: FLAG.owner,
  tags: [],
  environments: [
    {
      environment: "staging",
      enabled: true,
      off_variant: "off",
      rules: 0,
      weights: [{ variant: "off", weight: 100_000 }],
    },
  ],
};

export const STALENESS: Schemas["Staleness"] = {
  flag: FLAG.key,
  title: FLAG.title,
  owner: FLAG.owner,
  state: "live",
  findings: [],
  blockers: [],
};

export const SESSION: Schemas["Session"] = { name: "Ada", role: "admin", browser: true, allowed: [] };

/** Returns handlers for everything that the frame of a page asks for, and for one flag. */
export function world(): Handlers {
  return {
    "GET /api/v1/session": () => SESSION,
    "GET /api/v1/projects": () => ({
      items: [{ key: "default", title: "Default", version: 1, created_at: AT }],
    }),
    "GET /api/v1/projects/{project}/environments": () => ({ items: [ENVIRONMENT] }),
    "GET /api/v1/projects/{project}/overview": () => ({ environments: ["staging"], flags: [OVERVIEW_FLAG] }),
    "GET /api/v1/projects/{project}/flags/{flag}": () => new Versioned(FLAG, 1),
    "GET /api/v1/projects/{project}/flags/{flag}/staleness": () => STALENESS,
    "GET /api/v1/projects/{project}/flags/{flag}/references": () => ({ items: [] }),
    "GET /api/v1/projects/{project}/staleness": () => ({ items: [] }),
    "GET /api/v1/projects/{project}/segments": () => ({ items: [] }),
    "GET /api/v1/projects/{project}/plans": () => ({ items: [] }),
    "GET /api/v1/projects/{project}/metrics": () => ({ items: [] }),
    "GET /api/v1/projects/{project}/services": () => ({ items: [] }),
    "GET /api/v1/projects/{project}/features": () => ({ items: [] }),
    "GET /api/v1/projects/{project}/rollouts": () => ({ items: [] }),
    "GET /api/v1/audit": () => ({ items: [] }),
    "GET /api/v1/tokens": () => ({ items: [] }),
  };
}
