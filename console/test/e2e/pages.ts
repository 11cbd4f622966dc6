/** Every page, at its address, with its heading: what axe looks at, and what has a picture in the documentation. */
export const PAGES: [string, string, string][] = [
  ["flags", "/projects/default/flags?env=production", "Flags"],
  ["new-flag", "/projects/default/flags/new", "New flag"],
  ["flag", "/projects/default/flags/new-checkout?env=development", "new-checkout"],
  ["try", "/projects/default/flags/new-checkout?env=development&tab=try", "new-checkout"],
  ["code", "/projects/default/flags/new-checkout?env=development&tab=code", "new-checkout"],
  ["references", "/projects/default/flags/new-nav?env=development&tab=references", "new-nav"],
  ["history", "/projects/default/flags/new-checkout?env=development&tab=history", "new-checkout"],
  ["settings", "/projects/default/flags/new-checkout?env=development&tab=settings", "new-checkout"],
  ["rollouts", "/projects/default/rollouts", "Rollouts"],
  [
    "start-rollout",
    "/projects/default/rollouts/new?env=production&flag=rate-limit-strict&plan=careful",
    "Start a rollout",
  ],
  ["stale", "/projects/default/stale", "Stale flags"],
  ["plans", "/projects/default/plans", "Plans"],
  ["metrics", "/projects/default/metrics", "Metrics"],
  ["segments", "/projects/default/segments", "Segments"],
  ["environments", "/projects/default/environments", "Environments"],
  ["services", "/projects/default/services", "Services and features"],
  ["audit", "/audit", "Audit log"],
  ["tokens", "/tokens", "Tokens and members"],
  ["system", "/system", "System health"],
];

/** Pictures of what is not an address of its own. */
export const OTHER_PICTURES = [
  "flags-dark",
  "rollout",
  "rollout-dark",
  "rollout-rolled-back",
  "sign-in",
  "kill",
  "phone",
];
