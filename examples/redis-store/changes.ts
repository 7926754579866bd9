import type { Change, EntryRow, GrantRow, ReceiptRow, RecordRow, UsageDelta } from "coffer/store";
import { StoreError } from "coffer/store";
import { type KeyName, member, placeOf } from "./keys.js";
import { encode } from "./rows.js";

type Command = readonly [name: string, key: number, ...args: string[]];

/** A change as `apply.lua` takes it: all that it will do, as commands. */
export function jobOf({ key: { id }, ...change }: Change): object {
  const { opened, moved, records, entries, receipts, head } = change;
  return {
    wallet: id,
    expect: String(change.expect),
    customer: head.customerId,
    unused: change.unused,
    absent: [
      ...opened.map((row) => at("grant", member(id, row.id))),
      ...entries.map((row) => at("entry", member(id, row.recordedAt, row.seq))),
      ...receipts.map((row) => at("receipts:key", member(id, row.key))),
      ...receipts.map((row) => at("receipt", member(id, row.recordedAt, row.receiptNo))),
    ],
    present: moved.map((row) => at("grant", member(id, row.id))),
    events: change.events
      .toSorted((a, b) => a.eventNo - b.eventNo)
      .map((event) => ({ no: event.eventNo, at: String(event.at), row: encode({ ...event, wallet: id }) })),
    counters: countersOf(id, change.usage),
    writes: [
      ...headWrites(id, head),
      ...[...opened, ...moved].flatMap((row) => grantWrites(id, row)),
      ...records.flatMap((row) => recordWrites(id, row)),
      ...entries.flatMap((row) => entryWrites(id, row)),
      ...receipts.flatMap((row) => receiptWrites(id, row)),
    ],
  };
}

function at(key: KeyName, field: string): readonly [number, string] {
  return [placeOf(key), field];
}

function set(key: KeyName, field: string, value: string): Command {
  return ["HSET", placeOf(key), field, value];
}

/** In the index, or not: whatever it was before. */
function index(key: KeyName, name: string, isIn = true): Command {
  return isIn ? ["ZADD", placeOf(key), "0", name] : ["ZREM", placeOf(key), name];
}

function headWrites(id: string, head: Change["head"]): readonly Command[] {
  return [
    set("version", id, String(head.version)),
    set("head", id, encode(head)),
    index("wallets", id),
    head.dueAt === null ? ["ZREM", placeOf("due"), id] : ["ZADD", placeOf("due"), String(head.dueAt), id],
  ];
}

function grantWrites(id: string, row: GrantRow): readonly Command[] {
  const name = member(id, row.id);
  const isLapsed = !row.open && row.expired > 0n && row.closedAt !== null;
  return [
    set("grant", name, encode(row)),
    index("grants", name),
    index("grants:open", name, row.open),
    ...(isLapsed ? [index("grants:lapsed", member(id, row.closedAt, row.id))] : []),
  ];
}

function recordWrites(id: string, row: RecordRow): readonly Command[] {
  const name = member(id, row.kind, row.id);
  return [set("record", name, encode(row)), index("records", name), index("records:open", name, row.open)];
}

function entryWrites(id: string, row: EntryRow): readonly Command[] {
  const name = member(id, row.recordedAt, row.seq);
  return [set("entry", name, encode(row)), index("entries", name)];
}

function receiptWrites(id: string, row: ReceiptRow): readonly Command[] {
  const name = member(id, row.recordedAt, row.receiptNo);
  return [
    set("receipt", name, encode(row)),
    index("receipts", name),
    set("receipts:key", member(id, row.key), name),
    ["ZADD", placeOf("receipts:at"), String(row.recordedAt), name],
  ];
}

const UNIT = 10n ** 12n;
const LARGEST = 2n ** 63n - 1n;

/** One for each counter, however many deltas stand in a change: Redis adds numbers of 64 bits. */
function countersOf(id: string, usage: readonly UsageDelta[]): readonly object[] {
  const sums = new Map<string, { quantity: bigint; amount: bigint; count: number }>();
  for (const { bucketAt, feature, group, quantity, quantityFraction, amount, count } of usage) {
    const name = member(id, bucketAt, feature, group);
    const sum = sums.get(name) ?? { quantity: 0n, amount: 0n, count: 0 };
    sums.set(name, {
      quantity: sum.quantity + quantity * UNIT + quantityFraction,
      amount: sum.amount + amount,
      count: sum.count + count,
    });
  }
  return [...sums].map(([name, { quantity, amount, count }]) => ({
    member: name,
    quantity: counted(quantity / UNIT),
    fraction: counted(quantity % UNIT),
    amount: counted(amount),
    count: String(count),
  }));
}

function counted(value: bigint): string {
  if (value <= LARGEST && value >= -LARGEST) return value.toString();
  throw new StoreError("permanent", `a counter would grow by ${value}, beyond 64 bits`);
}
