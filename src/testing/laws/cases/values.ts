import type { Change, WalletHead } from "../../../store/index.js";
import { expect, expectRefusal } from "../expect.js";
import { change, delta, entry, event, grant, head, key, receipt } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { all } from "../bench.js";

const LARGEST = 2n ** 63n - 1n;

/** Law 8: values come back as they were. */
export function values(cases: Cases): void {
  numbers(cases.law(8, "every value comes back equal"));
  integers(cases.law(8, "every value comes back equal"));
  nothings(cases.law(8, "every value comes back equal"));
  bytes(cases.law(8, "every value comes back equal"));
  refusals(cases.law(8, "every value comes back equal"));
}

function numbers(law: Law): void {
  law.holdsForEach(
    [LARGEST, -LARGEST, 2n ** 53n + 1n, 0n, -1n],
    (n) => `${n} in every bigint`,
    async (bench, n) => {
      const usage = [delta(0, { quantity: n, quantityFraction: n % 10n ** 12n, amount: n })];
      const fields = {
        head: { balance: n, held: n, overdraft: n, overage: n },
        opened: [
          grant("g", {
            amount: n,
            remaining: n,
            held: n,
            consumed: n,
            expired: n,
            voided: n,
            adjusted: n,
            refunded: n,
            moved: n,
            cost: n,
            costRecognised: n,
            costBreakage: n,
            costRefunded: n,
            costMoved: n,
            restartDeferred: n,
            restartOpen: n,
          }),
        ],
        entries: [entry(1, 1, { amount: n, balanceAfter: n, cost: n })],
        usage,
      };
      await bench.commitOne(change(key(), 0, fields));
      const found = await bench.loadOne({ key: key(), operations: ["1-1"] });
      expect(found.head).toEqual(head(1, fields.head));
      expect(found.grants).toEqual(fields.opened);
      expect(found.asked.entries).toEqual(fields.entries);
      const [point] = await bench.store.usage({ key: key(), bounds: [0, 1] });
      expect([point?.quantity, point?.quantityFraction, point?.amount]).toEqual([n, n % 10n ** 12n, n]);
    },
  );
}

function integers(law: Law): void {
  law.holdsForEach(
    [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 31, -(2 ** 31) - 1, 0],
    (n) => `${n} in every number that may be any`,
    async (bench, n) => {
      const fields = {
        head: { clock: n, seq: n, eventNo: n, receiptNo: n, dueAt: n, lapsedAt: n },
        opened: [
          grant("g", { priority: n, effectiveAt: n, expiresAt: n, createdAt: n }),
          grant("h", { closedAt: n, open: false }),
        ],
        entries: [entry(n, 1, { occurredAt: n })],
        receipts: [receipt("k", { recordedAt: n, receiptNo: Math.abs(n) })],
        events: [event(1, { at: n })],
        usage: [delta(900, { count: n })],
      };
      await bench.commitOne(change(key(), 0, fields));
      const asked = { grants: ["h"], operations: [`${n}-1`], receipts: ["k"] };
      const found = await bench.loadOne({ key: key(), ...asked });
      expect(found.head).toEqual(head(1, fields.head));
      expect([...found.grants, ...found.asked.grants]).toEqual(fields.opened);
      expect(found.asked.entries).toEqual(fields.entries);
      expect(found.asked.receipts).toEqual(fields.receipts);
      const { items } = await bench.store.events({ part: 0, after: 0, limit: 9 });
      expect(items).toMatchObject(fields.events);
      const [point] = await bench.store.usage({ key: key(), bounds: [0, 901] });
      expect(point?.count).toBe(n);
    },
  );
}

function nothings(law: Law): void {
  law.holds("minus zero comes back as zero: `===` says that they are equal", async (bench) => {
    await bench.commitOne(change(key(), 0, { head: { clock: -0, dueAt: -0 } }));
    const { head: found } = await bench.loadOne({ key: key() });
    expect(Object.is(found?.clock, 0) && Object.is(found?.dueAt, 0)).toBe(true);
  });

  law.holds("nothing comes back as nothing, which is not zero and not an empty text", async (bench) => {
    const opened = [grant("g", { cost: null, costCurrency: null, expiresAt: null, closedAt: null })];
    const none = { grantId: null, reservationId: null, feature: null, cost: null, costCurrency: null };
    const empty = { grantId: "", reservationId: "", feature: "", cost: 0n, costCurrency: "" };
    const entries = [
      entry(1, 1, { ...none, actor: null, reason: null, detail: null }),
      entry(1, 2, { ...empty, actor: "", reason: "", detail: "" }),
    ];
    const receipts = [
      receipt("a", { actor: null, reason: null }),
      receipt("b", { actor: "", reason: "", request: "", result: "" }),
    ];
    await bench.commitOne(
      change(key(), 0, { opened, entries, receipts, head: { dueAt: null, lapsedAt: null } }),
    );
    const found = await bench.loadOne({ key: key() });
    expect(found.head).toEqual(head(1, { dueAt: null, lapsedAt: null }));
    expect(found.grants).toEqual(opened);
    const where = { wallet: key() };
    expect(await all(bench.store, { kind: "entries", where })).toMatchObject(entries);
    expect(await all(bench.store, { kind: "receipts", where })).toMatchObject(receipts);
  });
}

function bytes(law: Law): void {
  law.holds("every byte, at every place", async (bench) => {
    const hashes = Array.from({ length: 16 }, (_, row) =>
      Uint8Array.from({ length: 32 }, (_, index) => (row * 16 + index) % 256),
    );
    const receipts = hashes.map((hash, index) =>
      receipt(`k${index}`, { receiptNo: index + 1, requestHash: hash.slice(0, 16) }),
    );
    const entries = hashes.map((hash, index) => entry(1, index + 1, { hash }));
    const ledgerHash = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
    await bench.commitOne(change(key(), 0, { head: { ledgerHash }, receipts, entries }));
    const found = await bench.loadOne({ key: key() });
    expect(found.head?.ledgerHash).toEqual(ledgerHash);
    const where = { wallet: key() };
    expect(await all(bench.store, { kind: "receipts", where })).toMatchObject(receipts);
    expect(await all(bench.store, { kind: "entries", where })).toMatchObject(entries);
  });

  law.holds("takes a Buffer, and gives plain bytes", async (bench) => {
    await bench.commitOne(change(key(), 0, { head: { ledgerHash: Buffer.alloc(32, 5) } }));
    const { head: found } = await bench.loadOne({ key: key() });
    expect(found?.ledgerHash).toEqual(new Uint8Array(32).fill(5));
    expect(found?.ledgerHash.constructor).toBe(Uint8Array);
  });
}

function refusals(law: Law): void {
  const refused: readonly (readonly [what: string, fields: Partial<WalletHead>])[] = [
    ["2^63", { balance: LARGEST + 1n }],
    ["−2^63 − 1", { held: -LARGEST - 2n }],
    ["2^53", { clock: 2 ** 53 }],
    ["half a millisecond", { dueAt: 0.5 }],
    ["not a number", { seq: Number.NaN }],
    ["U+0000", { settings: "a\0b" }],
    ["a lone surrogate", { customerId: "\ud83d" }],
  ];
  law.holdsForEach(
    refused,
    ([what]) => `refuses ${what} rather than alter it`,
    async (bench, [, fields]) => {
      const both: readonly Change[] = [change(key(), 0, { head: fields }), change(key(2), 0)];
      const changes = both.slice(0, bench.store.limits.changesPerCommit).toReversed();
      await expectRefusal(bench.store.commit(changes), "permanent");
      const reads = bench.fitting([{ key: key() }, { key: key(2) }]);
      const decided = bench.store.transact(reads, () => bench.fitting(both).toReversed());
      await expectRefusal(decided, "permanent");
      const snapshots = await bench.store.load([{ key: key() }, { key: key(2) }]);
      expect(snapshots.map(({ version }) => version)).toEqual([0, 0]);
    },
  );
}
