/**
 * Mutation tests: `npm run test:mutation` changes one thing at a time in src/core/ and then in src/engine/, and asks
 * whether a test fails. It fails where fewer than 90 of 100 changes are noticed, in either of the two.
 *
 * - src/core/ is judged by test/core/ and test/catalog/, the properties left out: they are slow, and say less of one rule.
 * - src/engine/ is judged by test/engine/ alone, on the memory store and with virtual time.
 * - Not in scope: src/catalog/, src/store/, src/stores/, src/testing/. The stores are judged by the laws of every store.
 *
 * Part of it: `npx stryker run test/mutation/engine.config.mjs --mutate src/engine/lane.ts` (or `lane.ts:20-40`). Results
 * are kept under reports/mutation/, so that what has not changed is not tried again. What survives and why: survivors.md.
 *
 * @param scope a folder of src/
 * @param tests folders of tests, and files in them that are left out
 */
export const mutationOf = (scope, tests) => ({
  mutate: [`src/${scope}/**/*.ts`],
  testRunner: "in-process",
  plugins: ["./test/mutation/in-process-runner.mjs"],
  inProcess: tests,
  warnings: { unknownOptions: false }, // `inProcess` is of the runner beside this file
  tsconfigFile: "tsconfig.json",
  coverageAnalysis: "perTest",
  concurrency: 2,
  timeoutMS: 20_000,
  ignorePatterns: ["dist", "docs", "reports", ".cache", ".stryker-tmp"],
  incremental: true,
  incrementalFile: `reports/mutation/${scope}.json`,
  reporters: ["clear-text", "progress", "html"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: `reports/mutation/${scope}.html` },
  tempDirName: `.stryker-tmp/${scope}`,
  thresholds: { high: 95, low: 90, break: 90 },
});
