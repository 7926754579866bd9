import { defineConfig } from "vitest/config";

// `coffer` and its subpaths resolve to the sources by the `paths` of tsconfig.json: tests need no build,
// except those of test/package/, which look at what is published.
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/mutation/**"],
    globalSetup: ["test/support/global-setup.ts"],
    environment: "node",
    deps: { interopDefault: false }, // as Node reads CommonJS
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    typecheck: { enabled: false },
    expandSnapshotDiff: true,
  },
});
