import { builtinModules } from "node:module";
import { defineConfig } from "vitest/config";
import { hasBetterSqlite3 } from "./support/drivers.js";

/** Of these, most is about better-sqlite3 itself, or what is built on it. */
const ON_BETTER_SQLITE3 = [
  "test/stores/sql/failures/sqlite.test.ts",
  "test/stores/sql/join/orders-sqlite.test.ts",
  "test/stores/sql/join/sqlite.test.ts",
  "test/stores/sqlite/failing.test.ts",
  "test/stores/sqlite/opening.test.ts",
];

// `node:sqlite` is tested by a Node that has it: 22.13 or later.
const WITH_NODE_SQLITE = "test/stores/node-sqlite/**";
const hasNodeSqlite = builtinModules.includes("node:sqlite");
if (!hasNodeSqlite)
  console.warn(`NOT RUN: ${WITH_NODE_SQLITE}, as Node ${process.version} has no node:sqlite`);

/** These leave nothing behind in their process, and so share it: most of their time would go to loading the sources. */
const SHARING = ["catalog", "core", "engine"].map((folder) => `test/${folder}/**/*.test.ts`);

const EXCLUDED = [
  "**/node_modules/**",
  "test/mutation/**",
  ...(hasNodeSqlite ? [] : [WITH_NODE_SQLITE]),
  ...(hasBetterSqlite3(ON_BETTER_SQLITE3.join(", ")) ? [] : ON_BETTER_SQLITE3),
];

// `coffer` and its subpaths resolve to the sources by the `paths` of tsconfig.json: tests need no build,
// except those of test/package/, which look at what is published.
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    environment: "node",
    deps: { interopDefault: false }, // as Node reads CommonJS
    // One more than cores that are sure to be there: tests of networks and servers wait most of their time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    typecheck: { enabled: false },
    expandSnapshotDiff: true,
    projects: [
      { extends: true, test: { name: "rules", include: SHARING, exclude: EXCLUDED, isolate: false } },
      {
        extends: true,
        test: {
          name: "others",
          include: ["test/**/*.test.ts"],
          exclude: [...EXCLUDED, ...SHARING],
          globalSetup: ["test/support/global-setup.ts"],
        },
      },
    ],
  },
});
