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
    ["stores that are shared, and said not to be", { create, laws: [6, 16] }, /capabilities\.isShared/],
    [
      "transactions that are joined, and said not to be",
      { create, laws: [11, 16] },
      /capabilities\.joinsTransactions/,
    ],
    [
      "rows that are locked, and said not to be",
      { create, capabilities: { ...CAPABILITIES, hasRowLocks: false }, laws: [9, 16] },
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

  test.each<[string, unknown, RegExp]>([
    ["no options", undefined, /must be an object; got undefined/],
    ["empty ones", {}, /`create` must be a function; got undefined/],
    ["no capabilities", { create }, /`capabilities` must be an object; got undefined/],
    [
      "too few capabilities",
      { ...alone, capabilities: { isShared: true } },
      /`capabilities.hasRowLocks` must be true or/,
    ],
    [
      "an unknown capability",
      { ...alone, capabilities: { ...ALONE, isFast: true } },
      /`capabilities.isFast` is not known/,
    ],
    ["a misspelt option", { ...alone, history: 5 }, /`history` is not known; known are create, .*histories/],
    [
      "an unknown text",
      { ...alone, alteredByDriver: ["emojis"] },
      /`alteredByDriver\[0\]` must be one of .*"emoji"/,
    ],
    ["a law that is no list", { ...alone, laws: 16 }, /`laws` must be an array; got 16/],
    ["a law that there is not", { ...alone, laws: [16, 21] }, /`laws\[1\]` must be one of 1, 2, .*; got 21/],
    ["a title that is no text", { ...alone, title: /x/ }, /`title` must be a text; got \/x\//],
    ["a part of a history", { ...alone, histories: 1.5 }, /`histories` must be a whole number .*; got 1.5/],
    ["no number of histories", { ...alone, histories: Number.NaN }, /`histories` must be .*; got NaN/],
    ["a text of histories", { ...alone, histories: "5" }, /`histories` must be .*; got "5"/],
    ["a seed that is a text", { ...alone, seed: "abc" }, /`seed` must be a whole number; got "abc"/],
    ["a path that is none", { ...alone, path: "1:x" }, /`path` must be the path of a counterexample/],
    ["a time without an end", { ...alone, timeoutMs: Infinity }, /`timeoutMs` must be .*; got Infinity/],
    [
      "a time beyond timers",
      { ...alone, timeoutMs: 1e12 },
      /`timeoutMs` must be a whole number of at least 1 and/,
    ],
    ["a time before now", { ...alone, timeoutMs: -1 }, /`timeoutMs` must be .*; got -1/],
    [
      "a law that is not claimed",
      { ...alone, laws: [9] },
      /No case of laws \[ 9 \] would be run, as .* is not claimed/,
    ],
    ["a law that takes `reopen`", { ...alone, laws: [20] }, /would be run, as .*`reopen` is not given/],
  ])("is %s, before a store is created", async (_, given, message) => {
    let created = 0;
    const counting = typeof given === "object" && given !== null && "create" in given;
    const count = () => {
      created++;
      return { store: memoryStore() };
    };
    const tested = testStore((counting ? { histories: 0, ...given, create: count } : given) as never);
    await expect(tested).rejects.toBeInstanceOf(StoreLawsMisuse);
    await expect(tested).rejects.toThrow(message);
    expect(created).toBe(0);
  });

  test("is a path that leads nowhere, and no law is broken by it", async () => {
    const tested = testStore({ ...alone, laws: [15], title: "random histories", path: "0:0:9999999:3" });
    await expect(tested).rejects.toBeInstanceOf(StoreLawsMisuse);
    await expect(tested).rejects.toThrow(/`path` "0:0:9999999:3" leads nowhere from `seed` 20250110/);
  });

  const down = new Error("the server is down");
  const fails = () => Promise.reject(down);
  const hangs = () => new Promise<never>(() => undefined);

  test.each<[string, Partial<StoreLawsOptions>, RegExp]>([
    [
      "a `create` that fails",
      { create: fails },
      /`create` failed, so no law was tried: Error: the server is down/,
    ],
    ["a `destroy` that fails", { destroy: fails }, /`destroy` failed.*the server is down/],
    ["a `create` that hangs", { create: hangs, timeoutMs: 50 }, /`create` did not end within 50 ms/],
    ["a `destroy` that hangs", { destroy: hangs, timeoutMs: 500 }, /`destroy` did not end within 500 ms/],
    [
      "a `create` that fails in random histories",
      { create: fails, histories: 1, title: "random" },
      /`create` failed/,
    ],
  ])("is %s, and no law is broken by it", async (_, options, message) => {
    const tested = testStore({ ...alone, laws: [16], histories: 0, ...options });
    await expect(tested).rejects.toBeInstanceOf(StoreLawsMisuse);
    await expect(tested).rejects.toThrow(message);
  });
});

describe("pages that never end break their law, and end", () => {
  test("of a listing", async () => {
    const endless = () => {
      const store = memoryStore();
      const list = store.list.bind(store);
      const listed: CreditStore["list"] = async (query, options) => {
        const page = await list(query, options);
        return page.next === null ? page : { ...page, next: query.after ?? page.next };
      };
      return { store: Object.assign(store, { list: listed }) };
    };
    const { violations } = await failureOf({ ...alone, create: endless, laws: [15], histories: 0 });
    expect(new Set(violations.map(({ law }) => law))).toEqual(new Set([15]));
    const findings = violations.map(({ finding }) => finding).join("\n");
    expect(findings).toContain("expected pages that go on");
  });

  test("of events: the last one comes again", { timeout: 120_000 }, async () => {
    const again = () => {
      const store = memoryStore();
      const events = store.events.bind(store);
      const read: CreditStore["events"] = ({ part, after, limit }) =>
        events({ part, after: Math.max(0, after - 1), limit });
      return { store: Object.assign(store, { events: read }) };
    };
    const { violations } = await failureOf({
      ...alone,
      create: again,
      laws: [17],
      title: "random histories",
      timeoutMs: 5_000,
    });
    expect(violations).toMatchObject([{ law: 17 }]);
    expect(violations[0]?.finding).toContain("is greater than");
  });
});
