import { memoryStore } from "coffer/memory";
import type { MemoryStore } from "coffer/memory";
import { StoreError } from "coffer/store";
import type { Change, ListQuery, Read } from "coffer/store";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Model } from "./model.js";
import { change as changeOf, delta, entry, event, grant, key, receipt, record } from "./rows.js";

/** A command is given to the store and the model, and tells whether they answer alike. */
type Command = (world: World) => Promise<void>;

interface World {
  store: MemoryStore;
  readonly model: Model;
}

const some = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 3, size: "max" });
const seldom = fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0);
const small = fc.integer({ min: 0, max: 5 });
// Names whose order by UTF-16 units is not that by bytes.
const name = fc.constantFrom("", "a", "aa", "\ue000", "\uffff", "\u{1f600}", "\u{1f600}a");
const feature = fc.constantFrom("chat", "\uffff", "\u{1f600}");
const wallet = fc.constantFrom(key(1, 0), key(1, 0), key(2, 0), key(1, 7));
const amount = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });

const anyGrant = fc
  .record({
    id: name,
    open: fc.boolean(),
    closedAt: fc.option(small),
    expired: fc.constantFrom(0n, 5n),
    amount,
  })
  .map(({ id, ...fields }) => grant(id, fields));
const anyRecord = fc
  .record({ kind: name, id: name, open: fc.boolean(), data: fc.json() })
  .map(({ kind, id, ...fields }) => record(kind, id, fields));
const anyEntry = fc
  .record({
    at: small,
    seq: small,
    type: fc.constantFrom("grant", "consume"),
    feature,
    operation: fc.boolean(),
  })
  .map(({ at, seq, operation, ...fields }) =>
    entry(at, seq, operation ? fields : { ...fields, operationId: `${at}-${Math.max(0, seq - 1)}` }),
  );
const anyReceipt = fc
  .record({ key: name, recordedAt: small, receiptNo: small })
  .map(({ key, ...fields }) => receipt(key, fields));
const anyEvent = fc
  .record({ eventNo: fc.integer({ min: 1, max: 9 }), at: small })
  .map(({ eventNo, at }) => event(eventNo, { at }));
const anyDelta = fc
  .record({
    at: small,
    feature,
    group: fc.constantFrom("", "\uffff", "\u{1f600}"),
    quantity: amount,
    quantityFraction: fc.bigInt({ min: -(10n ** 12n) + 1n, max: 10n ** 12n - 1n }),
    amount,
    count: fc.integer({ min: -3, max: 3 }),
  })
  .map(({ at, ...fields }) => delta(at, fields));

const rows = fc.record({
  unused: some(name),
  opened: some(anyGrant),
  moved: some(anyGrant),
  records: some(anyRecord),
  entries: some(anyEntry),
  receipts: some(anyReceipt),
  events: some(anyEvent),
  usage: some(anyDelta),
});
const draft = fc.record({
  wallet,
  stale: seldom,
  careless: seldom,
  rows,
  dueAt: fc.option(small),
  customerId: fc.constantFrom("acme", "bolt"),
});
type Draft = typeof draft extends fc.Arbitrary<infer Value> ? Value : never;

/** What a draft comes to depends on what went before: most would break the wallet they were drawn for. */
function decide(model: Model, { wallet, stale, careless, rows, dueAt, customerId }: Draft): Change {
  const version = model.find(wallet)?.head.version ?? 0;
  const change = changeOf(wallet, stale ? version + 1 : version, { ...rows, head: { dueAt, customerId } });
  return careless ? change : model.mend(change);
}

const drafts = (minLength: number) =>
  fc.uniqueArray(draft, {
    minLength,
    maxLength: 3,
    selector: ({ wallet, careless }) => `${wallet.part}/${wallet.id}/${careless}`,
  });

const commit: fc.Arbitrary<Command> = drafts(1).map((drafts) => async (world) => {
  const changes = drafts.map((draft) => decide(world.model, draft));
  const expected = world.model.commit(changes);
  const answer = world.store.commit(changes);
  if (expected === null)
    await expect(answer).rejects.toMatchObject({ name: "StoreError", kind: "permanent" });
  else expect(await answer).toEqual(expected);
});

const transact: fc.Arbitrary<Command> = drafts(0).map((drafts) => async ({ store, model }) => {
  const changes = drafts.map((draft) => decide(model, { ...draft, stale: false }));
  // All or nothing: the model is asked on a copy whether each would be committed.
  const trial = Object.assign(new Model(), { wallets: structuredClone(model.wallets) });
  const whole = trial.commit(changes)?.every(({ status }) => status === "committed") === true;
  const done = store.transact(
    changes.map(({ key }) => ({ key })),
    () => changes,
  );
  if (!whole) return expect(done).rejects.toBeInstanceOf(StoreError);
  await done;
  model.commit(changes);
});

const load: fc.Arbitrary<Command> = fc
  .array(
    fc.record<Read>(
      {
        key: wallet,
        unless: small,
        receipts: some(name),
        grants: some(name),
        records: some(fc.record({ kind: name, id: name })),
        operations: some(fc.tuple(small, small).map(([at, seq]) => `${at}-${seq}`)),
        lapsedSince: small,
      },
      { requiredKeys: ["key"] },
    ),
    { maxLength: 3 },
  )
  .map((reads) => async ({ store, model }) => {
    expect(await store.load(reads)).toEqual(reads.map((read) => model.load(read)));
  });

const base = {
  limit: fc.integer({ min: 1, max: 3 }),
  where: fc.oneof(
    wallet.map((wallet) => ({ wallet })),
    fc.constantFrom({ part: 0 }, { part: 0 }, { part: 7 }, { part: 9 }),
  ),
};
const range = { from: fc.constantFrom(0, 1, 3), to: fc.constantFrom(2, 5, 6) };
const requiredKeys = ["kind", "where", "limit"] as const;
const listing: fc.Arbitrary<ListQuery> = fc.oneof(
  fc.record(
    { ...base, kind: fc.constant("wallets" as const), customerId: fc.constantFrom("acme", "bolt") },
    { requiredKeys: [...requiredKeys] },
  ),
  fc.record(
    { ...base, kind: fc.constant("grants" as const), open: fc.boolean() },
    { requiredKeys: [...requiredKeys] },
  ),
  fc.record(
    { ...base, kind: fc.constant("records" as const), record: name },
    { requiredKeys: [...requiredKeys] },
  ),
  fc.record(
    { ...base, kind: fc.constant("receipts" as const), ...range },
    { requiredKeys: [...requiredKeys] },
  ),
  fc.record(
    {
      ...base,
      kind: fc.constant("entries" as const),
      ...range,
      order: fc.constantFrom("asc" as const, "desc" as const),
      types: fc.constantFrom(["grant"], ["grant", "consume"], []),
      feature,
    },
    { requiredKeys: [...requiredKeys] },
  ),
);

const list: fc.Arbitrary<Command> = listing.map((query) => async ({ store, model }) => {
  const items: object[] = [];
  let after: string | null = null;
  do {
    const page: { items: readonly object[]; next: string | null } = await store.list(
      after === null ? query : { ...query, after },
    );
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    after = page.next;
  } while (after !== null);
  expect(items).toEqual(model.list(query));
});

const usage: fc.Arbitrary<Command> = fc
  .record(
    {
      key: wallet,
      bounds: fc
        .array(small, { minLength: 2, maxLength: 4 })
        .map((bounds) => bounds.toSorted((a, b) => a - b)),
      features: some(feature),
    },
    { requiredKeys: ["key", "bounds"] },
  )
  .map((query) => async ({ store, model }) => {
    expect(await store.usage(query)).toEqual(model.usage(query));
  });

const streams: fc.Arbitrary<Command> = fc
  .record({
    before: small,
    part: fc.constantFrom(0, 7, 9),
    parts: fc.constantFrom([0, 7], [7, 0], [0], []),
    limit: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ before, part, parts, limit }) => async ({ store, model }) => {
    expect(await store.due({ before, parts, limit })).toEqual(model.due(before, parts).slice(0, limit));
    const items = model.eventsAfter(part, before).slice(0, limit);
    expect((await store.events({ part, after: before, limit })).items).toEqual(items);
  });

const prune: fc.Arbitrary<Command> = fc
  .record({
    what: fc.constantFrom("events", "receipts", "entries"),
    wallet,
    before: small,
    limit: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ what, wallet, before, limit }) => async ({ store, model }) => {
    const { part } = wallet;
    if (what === "events") {
      expect(await store.prune({ what, part, before, limit })).toBe(model.pruneEvents(part, before, limit));
    } else if (what === "receipts") {
      expect(await store.prune({ what, part, before, limit })).toBe(model.pruneReceipts(part, before, limit));
    } else {
      const entries = { entriesOf: wallet, upToSeq: before };
      expect(await store.prune({ what: entries, part, before, limit })).toBe(
        model.pruneEntries(wallet, before, limit),
      );
    }
  });

/** From here on the store is a restored one: nobody must notice. */
const restore: fc.Arbitrary<Command> = fc.constant(async (world: World) => {
  const text = world.store.dump();
  world.store = memoryStore({ restore: text });
  expect(world.store.dump()).toBe(text);
});

it(
  "answers like arrays that are searched and sorted anew, whatever is asked of it",
  { timeout: 120_000 },
  async () => {
    const command = fc.oneof(
      { weight: 12, arbitrary: commit },
      { weight: 3, arbitrary: transact },
      { weight: 4, arbitrary: load },
      { weight: 6, arbitrary: list },
      { weight: 2, arbitrary: usage },
      { weight: 2, arbitrary: streams },
      { weight: 1, arbitrary: prune },
      { weight: 1, arbitrary: restore },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 60, size: "max" }), async (commands) => {
        const world: World = { store: memoryStore(), model: new Model() };
        for (const run of commands) await run(world);
      }),
      { numRuns: 120 },
    );
  },
);
