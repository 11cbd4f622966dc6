import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: {
    include: ["test/unit/**/*.test.{ts,tsx}"],
    environment: "node",
    testTimeout: 60_000,
    setupFiles: ["test/mock/furnish.ts"],
  },
});
