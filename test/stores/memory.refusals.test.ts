/** What the memory store refuses though others may take it: code that was tested on it must not meet it in production. */
import { memoryStore } from "coffer/memory";
import type { MemoryStore } from "coffer/memory";
import type { Change } from "coffer/store";
import { beforeEach, describe, expect, it } from "vitest";
import { failed } from "./contract/bench.js";
import { BROKEN } from "../../src/testing/laws/cases/malformed.js";
import { change, delta, event, everyRow, grant, key } from "./rows.js";

const LARGEST = 2n ** 63n - 1n;

let store: MemoryStore;
beforeEach(() => {
  store = memoryStore();
});

async function expectRefused(wrong: Change): Promise<void> {
  const before = store.dump();
  await expect(store.commit([change(key(9), 0), wrong])).rejects.toEqual(failed("permanent"));
  expect(store.dump()).toBe(before);
}

describe("law 2: a malformed change is refused whole, and with it the batch", () => {
  it.each(BROKEN)("%s", async (_, rows) => {
    await store.commit([change(key(), 0, everyRow)]);
    await expectRefused(change(key(), 1, rows));
  });

  it("an event of which the number was used, though it is pruned", async () => {
    await store.commit([change(key(), 0, { events: [event(1, { at: 1 })] })]);
    await store.prune({ what: "events", part: 0, before: 2, limit: 9 });
    await expectRefused(change(key(), 1, { events: [event(1)] }));
  });

  it("a decided change of a grant that is not there", async () => {
    const decide = () => [change(key(1), 0), change(key(2), 0, { moved: [grant("g")] })];
    const deciding = store.transact([{ key: key(1) }, { key: key(2) }], decide);
    await expect(deciding).rejects.toEqual(failed("permanent"));
    expect(store.dump()).toBe(memoryStore().dump());
  });

  it("keys that `decide` insists on though they are used", async () => {
    await store.commit([change(key(), 0, everyRow)]);
    const stubborn = () => [change(key(), 1, { unused: ["k1"] })];
    await expect(store.transact([{ key: key() }], stubborn)).rejects.toEqual(failed("permanent"));
  });
});

describe("law 8: values that no database could hold", () => {
  it.each<[string, Partial<Change["head"]>]>([
    ["−2^63", { held: -LARGEST - 1n }],
    ["a number for a bigint", { balance: 1 as unknown as bigint }],
    ["a bigint for a number", { clock: 1n as unknown as number }],
    ["a flag for a number", { dueAt: true as unknown as number }],
    ["nothing for a text", { scope: undefined as unknown as string }],
    ["an array for bytes", { ledgerHash: [1] as unknown as Uint8Array }],
  ])("refuses %s", async (_, fields) => {
    await expectRefused(change(key(), 0, { head: fields }));
  });

  it("refuses a text for a flag", async () => {
    await expectRefused(change(key(), 0, { opened: [grant("g", { open: "no" as unknown as boolean })] }));
  });

  it("says what is wrong with which field", async () => {
    const say = async (fields: Partial<Change["head"]>) => {
      const outcome = store.commit([change(key(), 0, { head: fields })]);
      return outcome.catch((error: unknown) => (error instanceof Error ? error.message : error));
    };
    expect(await say({ clock: 0.5 })).toBe("head.clock is not a safe integer: 0.5");
    expect(await say({ clock: "0" as unknown as number })).toBe('head.clock is not a safe integer: "0"');
    expect(await say({ scope: null as unknown as string })).toBe("head.scope is not a text: object");
    const beyond = "head.held is not a bigint within ±(2^63 − 1): 9223372036854775808";
    expect(await say({ held: LARGEST + 1n })).toBe(beyond);
  });

  it.each<[string, Partial<Change["usage"][number]>]>([
    ["a number for a fraction", { quantityFraction: 1 as unknown as bigint }],
    ["a whole unit as a fraction", { quantityFraction: 10n ** 12n }],
    ["a negative unit as a fraction", { quantityFraction: -(10n ** 12n) }],
    ["a quantity of 2^63", { quantity: LARGEST + 1n }],
  ])("refuses %s", async (_, fields) => {
    await expectRefused(change(key(), 0, { usage: [delta(0, fields)] }));
  });

  it.each([
    { part: 256, id: key().id },
    { part: -1, id: key().id },
    { part: 0, id: "1" },
    { part: 0, id: "00000000000000001" },
    { part: 0, id: "0000000000000001 " },
    { part: 0, id: 1 as unknown as string },
    { part: 0, id: "000000000000000A" },
  ])("refuses the wallet key %j", async (wrong) => {
    await expectRefused(change(wrong, 0));
    await expect(store.load([{ key: wrong }])).rejects.toEqual(failed("permanent"));
  });
});

describe("law 11: a transaction of the app", () => {
  it("is refused by commit, too, which takes none", async () => {
    const options = { tx: {} } as object;
    await expect(store.commit([], options)).rejects.toEqual(failed("unsupported"));
  });
});

describe("law 15: what is no listing, and what is no place in one", () => {
  it("a `next` that was made up, or belongs to another listing", async () => {
    await store.commit([change(key(1), 0, { opened: [grant("a"), grant("b")] })]);
    const { next } = await store.list({ kind: "grants", where: { wallet: key(1) }, limit: 1 });
    const grants = { kind: "grants", limit: 1 } as const;
    for (const after of [
      '["grants",1,"a"]',
      '["grants","0000000000000001","a","b"]',
      '["grants","0000000000000001"]',
      '["grants"]',
      '["grants","1",2]',
      next?.replace("grants", "records") ?? "",
    ]) {
      await expect(store.list({ ...grants, where: { part: 0 }, after })).rejects.toEqual(failed("permanent"));
    }
    const elsewhere = { ...grants, where: { wallet: key(2) }, after: next ?? "" };
    await expect(store.list(elsewhere)).rejects.toEqual(failed("permanent"));
  });

  it.each(["invoices", "toString"])("refuses to list %s", async (kind) => {
    const unknown = { kind: kind as "grants", where: { part: 0 }, limit: 1 };
    await expect(store.list(unknown)).rejects.toEqual(failed("permanent"));
    await expect(store.list({ ...unknown, after: "[]" })).rejects.toEqual(failed("permanent"));
  });
});
