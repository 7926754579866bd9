import { defineConfig } from "vitest/config";
import { hasBetterSqlite3 } from "./support/drivers.js";

/** Of these, most is about better-sqlite3 itself, or what is built on it. */
const ON_BETTER_SQLITE3 = [
  "test/stores/sql/failures/sqlite.test.ts",
  "test/stores/sql/join/sqlite.test.ts",
  "test/stores/sqlite/failing.test.ts",
  "test/stores/sqlite/opening.test.ts",
];

// `coffer` and its subpaths resolve to the sources by the `paths` of tsconfig.json: tests need no build,
// except those of test/package/, which look at what is published.
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "test/mutation/**",
      ...(hasBetterSqlite3(ON_BETTER_SQLITE3.join(", ")) ? [] : ON_BETTER_SQLITE3),
    ],
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
