import { testStore } from "coffer/testing";
import { expect, test } from "vitest";
import { CAPABILITIES, under } from "./broken/shared-memory.js";

test("the store that all the defects are added to has none", { timeout: 300_000 }, async () => {
  const report = await testStore({
    create: () => under(() => ({})),
    reopen: ({ connect }) => connect(),
    capabilities: CAPABILITIES,
    contentionMs: 300,
  });
  expect(report.byLaw.filter(({ cases }) => cases === 0)).toEqual([]);
  expect(report.byLaw.flatMap(({ notRun }) => notRun)).toEqual([]);
});
