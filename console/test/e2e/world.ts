/** A project with something in it, made through the API as a team would. */
import type { Hoist } from "./server";

export const P = "/api/v1/projects/default";

export const FLAG = {
  key: "new-checkout",
  title: "New checkout",
  description: "The redesigned checkout.",
  kind: "boolean",
  owner: "payments",
  category: "release",
  lifetime: "temporary",
  expires_on: "2027-02-20",
  tags: ["checkout"],
  service: "shop",
  feature: "checkout",
  variants: [
    { key: "new", value: true },
    { key: "old", value: false },
  ],
  targeting: { enabled: false, off_variant: "old", default: { variant: "old" } },
};

const RULES = [
  {
    id: "staff",
    description: "Our own people",
    when: { operator: "in_segment", values: ["internal"] },
    serve: { variant: "new" },
  },
  {
    id: "pilot",
    when: {
      all: [
        { operator: "equals", attribute: "country", values: ["de", "fr"] },
        {
          any: [
            { operator: "semver_greater_than_or_equal", attribute: "app.version", values: ["2.4.0"] },
            { operator: "is_true", attribute: "beta" },
          ],
        },
      ],
    },
    serve: {
      split: {
        weights: [
          { variant: "new", weight: 25_000 },
          { variant: "old", weight: 75_000 },
        ],
      },
    },
  },
];

const OTHERS: [string, string, string, string, string][] = [
  ["search-ranker", "Ranks by intent", "search", "experiment", "2027-01-15"],
  ["dark-launch-pay", "Pays through the new gateway", "payments", "release", "2026-12-24"],
  ["ai-summary", "Summaries of reviews", "content", "release", "2026-11-01"],
  ["bulk-export", "Exports of more than 10,000 rows", "platform", "permission", ""],
  ["rate-limit-strict", "Lower limits under load", "platform", "operations", ""],
  ["new-nav", "Navigation in two levels", "web", "release", "2026-10-10"],
  ["image-webp", "Pictures as WebP", "web", "release", "2027-03-01"],
];

/** Makes flags with rules, a segment, metrics and a plan. */
export async function makeWorld(hoist: Hoist) {
  const post = (path: string, body: unknown) => hoist.call("POST", P + path, body);
  await post("/segments", {
    key: "internal",
    included: ["ada", "lin"],
    when: { attribute: "email", operator: "ends_with", values: ["@example.com"] },
  });
  await post("/flags", FLAG);
  for (const [key, title, owner, category, expires] of OTHERS) {
    const lifetime = expires ? "temporary" : "permanent";
    const variants = [
      { key: "on", value: true },
      { key: "off", value: false },
    ];
    await post("/flags", {
      key,
      title,
      owner,
      category,
      lifetime,
      expires_on: expires || null,
      kind: "boolean",
      variants,
      tags: [owner],
      service: owner === "web" ? "frontend" : "api",
    });
    if (key !== "ai-summary") await post(`/flags/${key}/environments/development/on`, {});
    await setDefault(hoist, key, "development", 100_000);
  }
  const shares: [string, string, number][] = [
    ["search-ranker", "production", 50_000],
    ["image-webp", "production", 100_000],
    ["bulk-export", "production", 5_000],
    ["search-ranker", "staging", 100_000],
    ["image-webp", "staging", 100_000],
  ];
  for (const [key, environment, weight] of shares) {
    await setDefault(hoist, key, environment, weight);
    await post(`/flags/${key}/environments/${environment}/on`, {});
  }
  await post("/flags/rate-limit-strict/environments/production/on", {});
  await putTargeting(hoist, "new-checkout", "development", { enabled: true, rules: RULES });
  await post("/flags/new-checkout/environments/production/on", { reason: "ready for its rollout" });
  await post("/metrics", {
    key: "checkout-failures",
    title: "Checkouts that fail",
    unit: "ratio",
    source: { kind: "promql_value", query: 'failures{variant="{{variant}}"}' },
  });
  await post("/metrics", {
    key: "checkout-seconds",
    title: "Time that a checkout takes",
    unit: "s",
    source: { kind: "promql_value", query: 'seconds{variant="{{variant}}"}' },
  });
  await post("/metrics", {
    key: "checkout-errors",
    title: "Checkouts that end in an error",
    unit: "ratio",
    source: {
      kind: "promql_counts",
      events: 'errors{variant="{{variant}}"}',
      total: 'requests{variant="{{variant}}"}',
    },
  });
  await post("/plans", plan("careful", "1s"));
}

/** Starts the careful plan in production, and returns the rollout's id. */
export async function startCareful(hoist: Hoist): Promise<string> {
  const body = { flag: FLAG.key, environment: "production", plan: "careful" };
  const started = await hoist.call<{ rollout: { id: string } }>("POST", `${P}/rollouts`, body);
  return started.rollout.id;
}

/** A plan that climbs in seconds. */
export function plan(key: string, bake: string) {
  return {
    key,
    title: "Careful",
    description: "Employees first, then everyone a little at a time.",
    treatment: "new",
    stages: [
      { name: "internal", audience: "internal", percentage: 100, bake },
      { name: "5 %", percentage: 5, bake },
      { name: "25 %", percentage: 25, bake: "1h" },
      { name: "100 %", percentage: 100, bake: "1d" },
    ],
    guards: [
      { key: "errors", metric: "checkout-errors", limit: { control: { margin: 1.2 } }, interval: "1s" },
      { key: "failures", metric: "checkout-failures", limit: { above: 0.03 }, mode: "immediate", interval: "1s" },
      { key: "seconds", metric: "checkout-seconds", limit: { above: 0.5 }, mode: "immediate", interval: "1s" },
    ],
  };
}

async function setDefault(hoist: Hoist, key: string, environment: string, weight: number) {
  const weights = [
    { variant: "on", weight },
    { variant: "off", weight: 100_000 - weight },
  ];
  await putTargeting(hoist, key, environment, {
    default: weight === 100_000 ? { variant: "on" } : { split: { weights } },
  });
}

/** Replaces what a flag serves in an environment, whatever version it has. */
export async function putTargeting(hoist: Hoist, flag: string, environment: string, change: Record<string, unknown>) {
  const path = `${P}/flags/${flag}/environments/${environment}`;
  const was = await hoist.call<{ targeting: Record<string, unknown>; version: number }>("GET", path);
  await hoist.call("PUT", path, { ...was.targeting, ...change }, { "if-match": `"${was.version}"` });
}
