import { defineConfig } from "vitest/config";

/** The browser tests: one after the other, each file with a server of its own. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    environment: "node",
    pool: "forks",
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    bail: 0,
  },
});
