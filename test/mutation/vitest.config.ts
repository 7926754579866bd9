import { defineConfig } from "vitest/config";

// Only the tests of the pure parts: fast, and each kills mutants of the rule that it names.
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // The properties are left out: they take seconds each, and would only raise the score.
    include: ["test/core/**/*.test.ts", "test/catalog/**/*.test.ts"],
    environment: "node",
    deps: { interopDefault: false }, // as Node reads CommonJS
  },
});
