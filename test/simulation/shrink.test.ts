/** A run that fails is told as the line that plays it again, and made smaller. */
import { runInNewContext } from "node:vm";
import { memoryStore } from "coffer/memory";
import { type SimulationRun, USUAL_TROUBLE, shrinkSimulation, simulate } from "coffer/testing";
import { describe, expect, test } from "vitest";
import { DEFECTS } from "./planted.js";

const [, wrap] = DEFECTS.find(([name]) => name === "a lost answer counts as a commit") ?? [];
const failing: SimulationRun = { seed: 6, steps: 200, replay: false };

test("a failing run is made smaller, and its line plays it again", async () => {
  const { run, report } = await shrinkSimulation({ ...failing, wrap }, { mostRuns: 60 });
  expect(report.problems).not.toEqual([]);
  expect(run.steps).toBeLessThan(failing.steps / 2);
  expect(Object.keys(run.faults ?? {}).length).toBeLessThan(Object.keys(USUAL_TROUBLE).length / 2);
  expect(run.clients).toBeLessThan(6);
  expect(await runInNewContext(report.again, { simulate, wrap })).toEqual(report);
}, 120_000);

test("a run that does not fail cannot be made smaller", async () => {
  await expect(shrinkSimulation({ seed: 1, steps: 20, replay: false })).rejects.toThrow(
    "nothing is wrong with this run: simulate({ seed: 1, steps: 20, replay: false })",
  );
});

describe("the line that plays a run again", () => {
  const lineOf = async (options: Partial<Parameters<typeof simulate>[0]>) =>
    (await simulate({ seed: 1, steps: 2, replay: false, ...options })).again;

  test("leaves out what is usual", async () => {
    const usual = { clients: 6, processes: 3, wallets: 7, faults: USUAL_TROUBLE, skip: undefined };
    expect(await lineOf({ ...usual, trace: () => undefined })).toBe(
      "simulate({ seed: 1, steps: 2, replay: false })",
    );
  });

  test("names what is code", async () => {
    const store = memoryStore();
    expect(await lineOf({ store, wrap: (own) => own, skip: [2], faults: { death: 0.5 } })).toBe(
      'simulate({ seed: 1, steps: 2, replay: false, skip: [2], faults: {"death":0.5}, store, wrap })',
    );
  });
});
