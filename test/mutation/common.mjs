/** What the mutation tests of both scopes share. `scope` is a folder of src/. */
export const mutationOf = (scope, tests) => ({
  mutate: [`src/${scope}/**/*.ts`],
  testRunner: "in-process",
  plugins: ["./test/mutation/in-process-runner.mjs"],
  inProcess: tests,
  tsconfigFile: "tsconfig.json",
  coverageAnalysis: "perTest",
  concurrency: 2,
  timeoutMS: 20_000,
  ignorePatterns: ["dist", "docs", "reports", ".cache", ".stryker-tmp"],
  incremental: true,
  incrementalFile: `reports/mutation/${scope}.json`,
  reporters: ["clear-text", "progress", "html"],
  clearTextReporter: { allowColor: false, logTests: false },
  htmlReporter: { fileName: `reports/mutation/${scope}.html` },
  tempDirName: `.stryker-tmp/${scope}`,
  thresholds: { high: 95, low: 90, break: 90 },
});
