/** A plan that says nothing that can happen would let every test pass: it is refused. */
import { memoryStore } from "coffer/memory";
import { type Fault, type FaultyStoreOptions, faultAt, faultsAtRandom, faultyStore } from "coffer/testing";
import { describe, expect, it, test } from "vitest";

describe("faultAt", () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("has no call of number %s", (number) => {
    expect(() => faultAt(number, "transient")).toThrow(new RegExp(`numbered 1, 2, 3.*${number}`));
  });

  it("has no fault of a misspelt name", () => {
    expect(() => faultAt(1, "lost_answer" as Fault)).toThrow(
      /no fault "lost_answer"; there are .*lost-answer/,
    );
  });
});

describe("faultsAtRandom", () => {
  it.each([1.5, Number.NaN, "1" as unknown as number])("has no seed %s", (seed) => {
    expect(() => faultsAtRandom({ seed, rates: {} })).toThrow(/`seed` must be a whole number/);
  });

  it.each([-0.1, 1.1, Number.NaN, "0.5" as unknown as number])("has no rate %s", (rate) => {
    expect(() => faultsAtRandom({ seed: 1, rates: { slow: rate } })).toThrow(
      /`rates.slow` must be a number from 0 to 1; got/,
    );
  });

  it("has no rate of a misspelt fault", () => {
    const rates = { lost: 0.5 } as Partial<Record<Fault, number>>;
    expect(() => faultsAtRandom({ seed: 1, rates })).toThrow(
      /`rates.lost` is not known; known are transient/,
    );
  });

  it("has rates of at most one together, but for rounding", () => {
    expect(() => faultsAtRandom({ seed: 1, rates: { slow: 0.6, busy: 0.5 } })).toThrow(/at most 1 together/);
    const tenth = { transient: 0.1, busy: 0.1, slow: 0.1, late: 0.7 };
    expect(() => faultsAtRandom({ seed: 1, rates: tenth })).not.toThrow();
  });
});

describe("faultyStore", () => {
  it.each([
    [{}, /`plan` must be a function/],
    [{ plan: faultAt(1, "slow"), delayMs: -1 }, /`delayMs`.*-1/],
    [{ plan: faultAt(1, "slow"), delayMs: Number.NaN }, /`delayMs`.*NaN/],
  ])("refuses %o", (options, message) => {
    expect(() => faultyStore(memoryStore(), options as FaultyStoreOptions)).toThrow(message);
  });
});

test("a call for which the plan names no fault fails as the test's mistake, not as a store's failure", async () => {
  const store = faultyStore(memoryStore(), { plan: () => "Transient" as Fault });
  await expect(store.load([])).rejects.toThrow(/plan of faultyStore: there is no fault "Transient"/);
});
