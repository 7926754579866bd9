/** Bad days, short ones: `npm run test:simulation` plays long ones. */
import { memoryStore } from "coffer/memory";
import {
  DOUBTFUL_TROUBLE,
  type SimulationOptions,
  USUAL_TROUBLE,
  shrinkSimulation,
  simulate,
} from "coffer/testing";
import { describe, expect, test, vi } from "vitest";
import { DEFECTS } from "./planted.js";
import { ENGINE_DEFECTS } from "./planted-engine.js";
import { Totals } from "./totals.js";

vi.mock(import("../../src/engine/persevere.js"), async (original) => {
  const [own, { forgetful }] = [await original(), await import("./planted-persevere.js")];
  return { ...own, persevere: forgetful(own.persevere) };
});

test("on bad days nothing that was acknowledged is lost, applied twice, or answered wrongly", async () => {
  const totals = new Totals();
  for (let seed = 1; seed <= 4; seed++) {
    const report = await simulate({ seed, steps: 120 });
    expect(report.problems, `seed ${seed}`).toEqual([]);
    expect(report.replayed.mutations).toBeGreaterThan(30);
    expect(report.replayed.denials).toBeGreaterThan(10);
    totals.add(report);
  }
  const long = await simulate({ seed: 7, steps: 1_000, faults: MORE_LOCKS });
  expect(long.problems).toEqual([]);
  totals.add(long);
  // A run that never met a fault tests less than it says.
  expect(Object.keys(USUAL_TROUBLE).filter((name) => !totals.met(name))).toEqual([]);
  expect(totals.met("timeout")).toBe(true);
  expect(Object.keys(long.met)).toHaveLength(9);
  expect(totals.unmet).toEqual([]);
  expect(long.doubts.landed).toBeGreaterThan(0);
  expect(long.doubts.vanished).toBeGreaterThan(0);
}, 180_000);

/** Few clients: what is late finds its wallet as it was. */
const doubtful = (seed: number) =>
  simulate({
    seed,
    steps: 150,
    faults: DOUBTFUL_TROUBLE,
    processes: 2,
    clients: 3,
    wallets: 3,
    replay: false,
  });

test("what is unknown is told as unknown, and what is denied stays denied", async () => {
  for (let seed = 1; seed <= 4; seed++) expect((await doubtful(seed)).problems, `seed ${seed}`).toEqual([]);
}, 120_000);

/** More often busy, so that more is decided under lock. */
const MORE_LOCKS = { ...USUAL_TROUBLE, busy: 0.15, rerun: 0.1, deadlock: 0.05 };

test("one seed is one run, to the last answer", async () => {
  const run = { seed: 7, steps: 100, replay: false };
  const [one, again, other] = [await simulate(run), await simulate(run), await simulate({ ...run, seed: 8 })];
  expect(again).toEqual(one);
  expect(other.traceHash).not.toBe(one.traceHash);
}, 60_000);

test("without trouble there is none", async () => {
  const report = await simulate({ seed: 3, steps: 150, faults: {}, replay: false });
  expect(report).toMatchObject({ problems: [], restarts: 0, troubles: {}, unreached: [] });
  expect(report.codes["store_unavailable"]).toBeUndefined();
});

test("a fault that was asked for and never came is named", async () => {
  const report = await simulate({ seed: 1, steps: 5, faults: { torn: 0.000_001 }, replay: false });
  expect(report.unreached).toEqual(["torn"]);
});

test.each([
  [{ seed: 0.5 }, "`seed` must be a whole number; got 0.5"],
  [{ steps: 0 }, "`steps`"],
  [{ wallets: 8 }, "`wallets` must be a whole number of at least 1 and at most 7; got 8"],
  [{ clients: -1 }, "`clients`"],
  [{ processes: 10_000 }, "`processes`"],
  [{ checkEvery: 0 }, "`checkEvery`"],
  [{ step: 3 }, "`step` is not known; known are seed, steps"],
  [{ skip: [0] }, "`skip[0]`"],
  [{ store: {} }, "`store` must be a store"],
  [{ faults: { deaths: 0.1 } }, "`faults.deaths` is not known"],
  [{ faults: { death: Number.NaN } }, "`faults.death` must be a number from 0 to 1; got NaN"],
  [{ faults: { death: "0.5" } }, '`faults.death` must be a number from 0 to 1; got "0.5"'],
  [{ faults: { late: -1 } }, "`faults.late`"],
  [{ faults: { late: 2 } }, "`faults.late`"],
  [{ faults: { late: 0.6, torn: 0.6 } }, "at most 1 together; got 1.2"],
])("refuses %o before anything is done", (wrong, message) => {
  const play = () => simulate({ seed: 1, steps: 1, ...wrong } as SimulationOptions);
  expect(play).toThrow(RangeError);
  expect(play).toThrow(message);
});

test("refuses no options", () => {
  expect(() => simulate(undefined as never)).toThrow(
    "simulate: what is given must be an object; got undefined",
  );
});

test("refuses a store in which an earlier run left something, and leaves it as it was", async () => {
  const store = memoryStore();
  await simulate({ seed: 1, steps: 20, store, replay: false });
  const before = JSON.stringify(store.dump());
  const again = simulate({ seed: 1, steps: 20, store, replay: false });
  await expect(again).rejects.toThrow(RangeError);
  await expect(again).rejects.toThrow("`store` must be empty");
  expect(JSON.stringify(store.dump())).toBe(before);
});

test("making a run smaller takes at least one run", async () => {
  await expect(shrinkSimulation({ seed: 1, steps: 1 }, { mostRuns: 0 })).rejects.toThrow("`mostRuns`");
});

const MOST_SEEDS = 24;
/** Every defect of the engine is met within three seeds from here; from 1 the rarest takes twelve. */
const SOON_FOUND_FROM = 10;

describe("a defect is found within a few seeds", () => {
  const faults = { ...MORE_LOCKS, late: 0.1, "lost-answer": 0.1 };

  test.each(DEFECTS)(
    "%s",
    async (_, wrap) => {
      const found: string[] = [];
      for (let seed = 1; seed <= MOST_SEEDS && found.length === 0; seed++)
        found.push(...(await simulate({ seed, steps: 200, wrap, replay: false, faults })).problems);
      expect(found).not.toEqual([]);
    },
    120_000,
  );
});

describe("a defect of the engine is found within a few seeds", () => {
  test.each(ENGINE_DEFECTS)(
    "%s",
    async (_, plant) => {
      const remove = plant();
      const found: string[] = [];
      try {
        for (let tried = 0; tried < MOST_SEEDS && found.length === 0; tried++)
          found.push(...(await doubtful(SOON_FOUND_FROM + tried)).problems);
      } finally {
        remove();
      }
      expect(found).not.toEqual([]);
    },
    180_000,
  );
});
