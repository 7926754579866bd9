/** What the kit says of what it found, and of how it was called. */
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { LAWS } from "coffer/store";
import { StoreLawsError, StoreLawsMisuse, storeLaws, testStore } from "coffer/testing";
import type { StoreLawsOptions } from "coffer/testing";
import { describe, expect, test } from "vitest";
import { CAPABILITIES, under } from "./broken/shared-memory.js";

const ALONE = { isShared: false, hasRowLocks: false, joinsTransactions: false };
const alone = { create: () => ({ store: memoryStore() }), capabilities: ALONE } satisfies StoreLawsOptions;

/** A store that counts every use twice. */
const twice = {
  create: () => {
    const store = memoryStore();
    const commit: CreditStore["commit"] = (changes) =>
      memoryCommit(changes.map((one) => ({ ...one, usage: [...one.usage, ...one.usage] })));
    const memoryCommit = store.commit.bind(store);
    return { store: Object.assign(store, { commit }) };
  },
  capabilities: ALONE,
} satisfies StoreLawsOptions;

async function failureOf(options: StoreLawsOptions): Promise<StoreLawsError> {
  const [outcome] = await Promise.allSettled([testStore(options)]);
  if (outcome.status === "rejected" && outcome.reason instanceof StoreLawsError) return outcome.reason;
  throw new Error("no law was found broken", { cause: outcome });
}

describe("a failure", () => {
  test("tells the law, its sentence, the case, what was found, and how to run it again", async () => {
    const { message } = await failureOf({ ...twice, laws: [14], title: "bounds it begins" });
    expect(message).toContain("The store breaks law 14.");
    expect(message).toContain(`Law 14 is broken. ${LAWS[14]}`);
    expect(message).toContain("Case: usage sums equal");
    expect(message).toMatch(/at \[0\]\[1\]: expected 1, got 2/);
    expect(message).toMatch(/Again: testStore\(\{ …, laws: \[14\], title: "usage sums equal.*" \}\)/);
  });

  test(
    "of a random case has its smallest counterexample, and is replayed by seed and path",
    { timeout: 120_000 },
    async () => {
      const first = (await failureOf({ ...twice, title: "random histories", timeoutMs: 5_000 }))
        .violations[0];
      expect(first?.law).toBe(14);
      expect(first?.finding).toContain("Smallest counterexample: [[");
      const [, seed, path] = /seed: (-?\d+), path: "([\d:]+)"/.exec(first?.replay ?? "") ?? [];
      const again = await failureOf({
        ...twice,
        title: "random histories",
        seed: Number(seed),
        path: path ?? "",
      });
      // It may be made smaller yet, from there on.
      expect(again.violations[0]?.law).toBe(14);
      expect(again.violations[0]?.replay).toContain(`path: "${path}`);
    },
  );

  test("names each law once, with the other cases that show it", async () => {
    const { message, violations, report } = await failureOf({ ...twice, laws: [14], histories: 0 });
    expect(violations.length).toBeGreaterThan(3);
    expect(message.match(/Law 14 is broken/g)).toHaveLength(1);
    expect(message.match(/^Also: /gm)).toHaveLength(violations.length - 1);
    expect(report.byLaw[13]?.violations).toEqual(violations);
  });

  test("is a case that does not end", async () => {
    const hanging = () => ({
      store: Object.assign(memoryStore(), { due: () => new Promise<never>(() => undefined) }),
    });
    const { message } = await failureOf({
      ...alone,
      create: hanging,
      laws: [16],
      histories: 0,
      timeoutMs: 50,
    });
    expect(message).toContain("it did not end within 50 ms");
  });
});

describe("a report", () => {
  test("counts the cases of each law, and names those that were not run", async () => {
    const report = await testStore({ ...alone, laws: [12, 16], histories: 0 });
    const [due, fair] = [report.byLaw[15], report.byLaw[11]];
    expect(due).toMatchObject({ law: 16, sentence: LAWS[16], violations: [] });
    expect(due?.cases).toBe(report.cases);
    expect(fair).toMatchObject({
      cases: 0,
      notRun: ["none is left behind: four stores that each always have work for one wallet"],
    });
    expect(due?.notRun).toEqual([
      "random histories: it answers like arrays that are searched and sorted anew",
    ]);
  });

  test("every law has cases", () => {
    const cases = storeLaws({ create: () => under(() => ({})), capabilities: CAPABILITIES });
    const laws = new Set(cases.flatMap(({ laws }) => laws));
    expect([...laws].toSorted((a, b) => a - b)).toEqual(Object.keys(LAWS).map(Number));
  });
});

describe("misuse", () => {
  const create = () => under(() => ({}));

  test.each<[string, Partial<StoreLawsOptions>, RegExp]>([
    [
      "a capability without what it takes",
      { capabilities: { ...ALONE, isShared: true }, laws: [6] },
      /`another`/,
    ],
    ["stores that are shared, and said not to be", { create, laws: [6] }, /capabilities\.isShared/],
    [
      "transactions that are joined, and said not to be",
      { create, laws: [11] },
      /capabilities\.joinsTransactions/,
    ],
    [
      "rows that are locked, and said not to be",
      { create, capabilities: { ...CAPABILITIES, hasRowLocks: false }, laws: [9] },
      /capabilities\.hasRowLocks/,
    ],
    [
      "a store without the object around it",
      { create: (() => memoryStore()) as never, laws: [1] },
      /`create` must give an object that holds a store/,
    ],
    ["no case that is left", { title: "nonsense" }, /No case is of laws/],
  ])("is %s", async (_, options, message) => {
    const tested = (async () => await testStore({ ...alone, histories: 0, ...options }))();
    await expect(tested).rejects.toBeInstanceOf(StoreLawsMisuse);
    await expect(tested).rejects.toThrow(message);
  });
});
