/** Random rows, drawn from so few names that they meet each other. */
import type { Change, EntryRow } from "../../../store/index.js";
import fc from "fast-check";
import type { Model } from "./model.js";
import { change as changeOf, delta, entry, event, grant, key, receipt, record } from "../rows.js";

/** Up to three of them. */
export const some = <Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
  fc.array(item, { maxLength: 3, size: "max" });
export const small = fc.integer({ min: 0, max: 5 });
/** Names whose order by UTF-16 units is not that by bytes. */
export const name = fc.constantFrom("", "a", "aa", "\ue000", "\uffff", "\u{1f600}", "\u{1f600}a");
export const feature = fc.constantFrom("chat", "\uffff", "\u{1f600}");
export const wallet = fc.constantFrom(key(1, 0), key(1, 0), key(2, 0), key(1, 7));

const seldom = fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0);
const within = (limit: bigint) => fc.bigInt({ min: -limit + 1n, max: limit - 1n });
const amount = within(2n ** 63n);

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
const anyReceipt = fc
  .record({ key: name, recordedAt: small, receiptNo: small })
  .map(({ key, ...fields }) => receipt(key, fields));
const anyEvent = fc
  .record({ eventNo: fc.integer({ min: 1, max: 9 }), at: small })
  .map(({ eventNo, at }) => event(eventNo, { at }));
const ofEntry = { at: small, type: fc.constantFrom("grant", "consume"), feature };
/** Entries that say of themselves to which operation they belong, right or wrong. */
const looseEntry = fc
  .record({ ...ofEntry, seq: small, operation: fc.boolean() })
  .map(({ at, seq, operation, ...fields }) =>
    entry(at, seq, operation ? fields : { ...fields, operationId: `${at}-${Math.max(0, seq - 1)}` }),
  );
/** Where an entry comes after the one before it: at its instant or a later one, of its operation or the next. */
const step = fc.record({
  wait: fc.constantFrom(0, 0, 0, 1),
  begins: fc.boolean(),
  type: ofEntry.type,
  feature,
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
const anyDelta = (limit: bigint) =>
  fc
    .record({
      at: small,
      feature,
      group: fc.constantFrom("", "\uffff", "\u{1f600}"),
      quantity: within(limit),
      quantityFraction: within(10n ** 12n),
      amount: within(limit),
      count: fc.integer({ min: -3, max: 3 }),
    })
    .map(({ at, ...fields }) => delta(at, fields));

/** Changes before it is known to what state they come. */
const draft = (isTame: boolean) =>
  fc.record({
    wallet,
    stale: seldom,
    repeats: seldom,
    ledger: isTame ? some(step) : fc.constant([]),
    careless: isTame ? fc.constant(false) : seldom,
    dueAt: fc.option(small),
    customerId: fc.constantFrom("acme", "bolt"),
    rows: fc.record({
      unused: some(name),
      opened: some(anyGrant),
      moved: some(anyGrant),
      records: some(anyRecord),
      entries: isTame ? fc.constant([]) : some(looseEntry),
      receipts: some(anyReceipt),
      events: some(anyEvent),
      // A counter may have 64 bits and no more: then sums of so many deltas must fit.
      usage: some(anyDelta(isTame ? 2n ** 53n : 2n ** 63n)),
    }),
  });
export type Draft = ReturnType<typeof draft> extends fc.Arbitrary<infer Value> ? Value : never;

/** At most one of a wallet, unless one is careless. Tame ones are as an engine makes them: they break nothing. */
export const drafts = (isTame: boolean, minLength: number): fc.Arbitrary<Draft[]> =>
  fc.uniqueArray(draft(isTame), {
    minLength,
    maxLength: 3,
    selector: ({ wallet, careless }) => `${wallet.part}/${wallet.id}/${careless}`,
  });

/** What a draft comes to depends on what went before: most would break the wallet they were drawn for. */
export function decide(model: Model, draft: Draft): Change {
  const { wallet, stale, careless, repeats, rows, ledger, dueAt, customerId } = draft;
  const { version = 0, seq = 0, clock = 0 } = model.find(wallet)?.head ?? {};
  const entries = ledgerFrom(seq, clock, ledger);
  const last = entries.at(-1);
  const head = { dueAt, customerId, seq: last?.seq ?? seq, clock: last?.recordedAt ?? clock };
  const change = changeOf(wallet, stale ? version + 1 : version, {
    ...rows,
    entries: [...rows.entries, ...entries],
    head,
  });
  if (careless) return change;
  return repeats ? { ...model.mend(change), unused: rows.unused } : model.mend(change);
}

/** Entries as an engine has them: without a gap, never back in time, an operation of one instant, named after its first. */
function ledgerFrom(seq: number, clock: number, steps: readonly Step[]): readonly EntryRow[] {
  let at = clock;
  let operationId = "";
  return steps.map(({ wait, begins, type, feature }, index) => {
    at += wait;
    const row = entry(at, seq + index + 1, { type, feature });
    if (begins || wait > 0 || index === 0) ({ operationId } = row);
    return { ...row, operationId };
  });
}
