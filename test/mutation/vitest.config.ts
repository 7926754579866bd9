import { defineConfig } from "vitest/config";

// Only the tests of the pure parts: fast, and each kills mutants of the rule that it names.
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ["test/core/**/*.test.ts", "test/catalog/**/*.test.ts", "test/properties/**/*.test.ts"],
    environment: "node",
    deps: { interopDefault: false }, // as Node reads CommonJS
  },
});
