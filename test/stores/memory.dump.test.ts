import { memoryStore } from "coffer/memory";
import type { MemoryStore } from "coffer/memory";
import { beforeEach, describe, expect, it } from "vitest";
import { change, delta, entry, event, grant, key, receipt, record } from "./rows.js";

let store: MemoryStore;
beforeEach(async () => {
  store = memoryStore();
  await store.commit([
    change(key(1, 3), 0, {
      head: { dueAt: 40, eventNo: 2, ledgerHash: Uint8Array.from({ length: 32 }, (_, index) => index * 8) },
      opened: [grant("b"), grant("a", { open: false, closedAt: 9, expired: 2n })],
      records: [record("hold", "r2"), record("budget", "r1", { data: '{"$bigint":"1"}' })],
      entries: [entry(10, 1), entry(10, 2)],
      receipts: [receipt("k2"), receipt("k1")],
      events: [event(1, { at: 1 }), event(2, { at: 2 })],
      usage: [delta(900, { quantity: -(2n ** 63n) + 1n, quantityFraction: -1n }), delta(0)],
    }),
    change(key(2, 3), 0, { head: { customerId: "bolt" } }),
  ]);
});

describe("dump and restore", () => {
  it("a restored store answers as the original, and goes on as it would", async () => {
    await store.prune({ what: "events", part: 3, before: 3, limit: 9 });
    const copy = memoryStore({ restore: store.dump() });
    const answers = async (one: MemoryStore) => ({
      load: await one.load([{ key: key(1, 3), receipts: ["k1"], operations: ["10-1"], lapsedSince: 0 }]),
      grants: await one.list({ kind: "grants", where: { part: 3 }, limit: 1 }),
      wallets: await one.list({ kind: "wallets", where: { part: 3 }, customerId: "bolt", limit: 9 }),
      usage: await one.usage({ key: key(1, 3), bounds: [0, 900, 1_800] }),
      due: await one.due({ before: 40, parts: [3], limit: 9 }),
      duplicate: await one.commit([change(key(1, 3), 1, { unused: ["k1"] })]),
      conflict: await one.commit([change(key(1, 3), 0, { unused: ["k2"] })]),
      committed: await one.commit([change(key(1, 3), 1, { events: [event(3)] })]),
      events: await one.events({ part: 3, after: 0, limit: 9 }),
    });
    const original = await answers(store);
    expect(await answers(copy)).toEqual(original);
    expect(original.events.items.map(({ position }) => position)).toEqual([3]);
    expect(copy.dump()).toBe(store.dump());
    await expect(copy.commit([change(key(1, 3), 2, { events: [event(2)] })])).rejects.toThrow(
      "event 2 exists",
    );
  });

  it("equal contents give equal texts, in whatever order they came", async () => {
    const [one, other] = [memoryStore(), memoryStore()];
    const rows = {
      opened: [grant("a"), grant("b")],
      usage: [delta(0), delta(900)],
      receipts: [receipt("a"), receipt("b")],
    };
    const turned = {
      opened: rows.opened.toReversed(),
      usage: rows.usage.toReversed(),
      receipts: rows.receipts.toReversed(),
    };
    await one.commit([change(key(1), 0, rows), change(key(2, 4), 0)]);
    await other.commit([change(key(2, 4), 0), change(key(1), 0, turned)]);
    expect(one.dump()).toBe(other.dump());
  });

  it("writes an empty store as this", () => {
    expect(memoryStore().dump()).toBe('{"format":"coffer/memory","version":1,"parts":[]}');
  });

  it("writes bigints and bytes with their types", () => {
    const text = store.dump();
    expect(text).toContain('"remaining":{"$bigint":"100"}');
    expect(text).toContain('"requestHash":{"$bytes":"07070707070707070707070707070707"}');
    expect(text).toContain('"quantity":{"$bigint":"-9223372036854775807"}');
  });

  it("a restored store is not the original", async () => {
    const copy = memoryStore({ restore: store.dump() });
    await copy.commit([change(key(1, 3), 1)]);
    expect(await store.load([{ key: key(1, 3) }])).toMatchObject([{ version: 1 }]);
  });
});

describe("restore refuses", () => {
  it.each([
    ["what is not JSON", "coffer", "not a dump: it is not JSON"],
    ["what is not an object", "[1]", "not a dump of coffer/memory"],
    ["nothing", "null", "the dump is not an object"],
    ["another format", '{"format":"other","version":1,"parts":[]}', "its format is other"],
    ["no parts", '{"format":"coffer/memory","version":1}', "parts is not a list"],
    [
      "a part that is none",
      '{"format":"coffer/memory","version":1,"parts":[7]}',
      "parts[0] is not an object",
    ],
  ])("%s", (_, text, message) => {
    expect(() => memoryStore({ restore: text })).toThrow(
      expect.objectContaining({ kind: "permanent" }) as Error,
    );
    expect(() => memoryStore({ restore: text })).toThrow(message);
  });

  it("another version, which this one cannot read", () => {
    const text = store.dump().replace('"version":1', '"version":2');
    expect(() => memoryStore({ restore: text })).toThrow(
      expect.objectContaining({ kind: "unsupported" }) as Error,
    );
    expect(() => memoryStore({ restore: text })).toThrow("this dump has version 2; version 1 is read");
  });

  it("another version of any length, quoted short", () => {
    const text = store.dump().replace('"version":1', `"version":"${"9".repeat(100_000)}"`);
    expect(() => memoryStore({ restore: text })).toThrow(/^this dump has version 9{50}; version 1 is read$/);
  });

  // Each makes one thing wrong in a dump that is right.
  it.each<[string, string | RegExp, string, string]>([
    ["a part twice", /("parts":\[)(.*)(\])\}$/, "$1$2,$2$3}", "part 3 stands in the dump twice"],
    ["a part above 255", '"part":3', '"part":256', "part is not a part"],
    ["a wallet twice", '"id":"0000000000000002"', '"id":"0000000000000001"', "stands in the dump twice"],
    ["a wallet id that is none", '"id":"0000000000000002"', '"id":"2"', "is not a wallet id"],
    ["a head of version 0", '"version":1,"clock"', '"version":0,"clock"', "no wallet below 1 is kept"],
    ["a bigint without digits", '{"$bigint":"100"}', '{"$bigint":"1x"}', "grant.amount is not a bigint"],
    ["a bigint after something", '{"$bigint":"100"}', '{"$bigint":"x100"}', "grant.amount is not a bigint"],
    ["another object for a bigint", '{"$bigint":"100"}', '{"$number":"100"}', "grant.amount is not a bigint"],
    [
      "a bigint of 2^63",
      '{"$bigint":"100"}',
      '{"$bigint":"9223372036854775808"}',
      "grant.amount is not a bigint within",
    ],
    ["a number for a bigint", '{"$bigint":"100"}', "100", "grant.amount is not a bigint"],
    ["bytes that are no hex", '"$bytes":"0008', '"$bytes":"xx08', "head.ledgerHash is not a Uint8Array"],
    ["half a byte", '"$bytes":"0008', '"$bytes":"008', "head.ledgerHash is not a Uint8Array"],
    ["a field that is missing", '"scope":"",', "", "head.scope is not a text"],
    ["a grant twice", '"id":"b"', '"id":"a"', "grant a stands in the dump twice"],
    [
      "a record twice",
      '"kind":"budget","id":"r1"',
      '"kind":"hold","id":"r2"',
      "record hold r2 stands in the dump twice",
    ],
    ["an entry twice", '"seq":2,"type"', '"seq":1,"type"', "entry (10, 1) stands in the dump twice"],
    ["a receipt twice", '"key":"k2"', '"key":"k1"', "receipt k1 stands in the dump twice"],
    [
      "a receipt's number twice",
      `"receiptNo":${receipt("k2").receiptNo}`,
      `"receiptNo":${receipt("k1").receiptNo}`,
      "receipt (1000, ",
    ],
    [
      "a counter without a sum",
      '"amount":{"$bigint":"1"},"count"',
      '"amount":null,"count"',
      "usage.amount is not a bigint",
    ],
    [
      "an event of no wallet",
      '"wallet":"0000000000000001"',
      '"wallet":"0000000000000009"',
      "of a wallet that is not in the dump",
    ],
    ["events out of order", '"position":2', '"position":1', "event 1 does not come after 1"],
    [
      "an event beyond the wallet's last",
      '"lastEventNo":2',
      '"lastEventNo":1',
      "beyond the wallet's last event",
    ],
    [
      "a last position before the last",
      '"lastPosition":2',
      '"lastPosition":1',
      "lastPosition 1 is not the last",
    ],
  ])("%s", (_, right, wrong, message) => {
    const text = store.dump();
    const damaged = text.replace(right, wrong);
    expect(damaged).not.toBe(text);
    expect(() => memoryStore({ restore: damaged })).toThrow(message);
    expect(() => memoryStore({ restore: damaged })).toThrow(
      expect.objectContaining({ kind: "permanent" }) as Error,
    );
  });
});
