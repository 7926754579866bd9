/** Rows with every field, for tests to override what they are about. */
import type {
  Change,
  EntryRow,
  EventRow,
  GrantRow,
  ReceiptRow,
  RecordRow,
  UsageDelta,
  WalletHead,
  WalletKey,
} from "../../store/index.js";

/** The wallet of that number in a part. */
export function key(number = 1, part = 0): WalletKey {
  return { part, id: number.toString(16).padStart(16, "0") };
}

export function head(version: number, fields: Partial<WalletHead> = {}): WalletHead {
  return {
    customerId: "acme",
    currency: "credits",
    scope: "",
    version,
    clock: 1_000,
    seq: 0,
    ledgerHash: new Uint8Array(32),
    eventNo: 0,
    receiptNo: 0,
    balance: 0n,
    held: 0n,
    overdraft: 0n,
    overage: 0n,
    dueAt: null,
    lapsedAt: null,
    settings: "{}",
    ...fields,
  };
}

export function grant(id: string, fields: Partial<GrantRow> = {}): GrantRow {
  return {
    id,
    open: true,
    status: "active",
    category: "paid",
    source: "purchase",
    priority: 50,
    effectiveAt: 1_000,
    expiresAt: null,
    createdAt: 1_000,
    closedAt: null,
    amount: 100n,
    remaining: 100n,
    held: 0n,
    consumed: 0n,
    expired: 0n,
    voided: 0n,
    adjusted: 0n,
    refunded: 0n,
    moved: 0n,
    cost: 1_000n,
    costCurrency: "usd",
    costRecognised: 0n,
    costBreakage: 0n,
    costRefunded: 0n,
    costMoved: 0n,
    restartDeferred: 0n,
    restartOpen: 0n,
    detail: "{}",
    ...fields,
  };
}

export function record(kind: string, id: string, fields: Partial<RecordRow> = {}): RecordRow {
  return { kind, id, open: true, data: "{}", ...fields };
}

/** An entry of the operation that begins with it, unless told otherwise. */
export function entry(recordedAt: number, seq: number, fields: Partial<EntryRow> = {}): EntryRow {
  return {
    recordedAt,
    seq,
    type: "consume",
    account: "grant",
    amount: -1n,
    balanceAfter: 99n,
    grantId: "g1",
    operationId: `${recordedAt}-${seq}`,
    reservationId: null,
    feature: "chat",
    cost: 10n,
    costCurrency: "usd",
    actor: null,
    reason: null,
    occurredAt: 0, // late, so that no store takes it for `recordedAt`
    detail: null,
    hash: new Uint8Array(32).fill(seq % 256),
    ...fields,
  };
}

/** Each key has a number of its own, so that rows made apart do not collide. */
function numberOf(name: string): number {
  let number = 0;
  for (const byte of new TextEncoder().encode(name)) number = (number * 256 + byte) % 2 ** 48;
  return number;
}

export function receipt(name: string, fields: Partial<ReceiptRow> = {}): ReceiptRow {
  return {
    receiptNo: numberOf(name),
    key: name,
    operationId: "1000-1",
    kind: "withdraw",
    requestHash: new Uint8Array(16).fill(7),
    request: '{"amount":"1"}',
    result: '{"balance":"99"}',
    actor: null,
    reason: null,
    recordedAt: 1_000,
    ...fields,
  };
}

export function event(eventNo: number, fields: Partial<EventRow> = {}): EventRow {
  return { eventNo, type: "credits.consumed", at: 1_000, payload: "{}", ...fields };
}

export function delta(bucketAt: number, fields: Partial<UsageDelta> = {}): UsageDelta {
  return {
    bucketAt,
    feature: "chat",
    group: "",
    quantity: 1n,
    quantityFraction: 0n,
    amount: 1n,
    count: 1,
    ...fields,
  };
}

/** The change that takes a wallet from `expect` to the next version, with nothing in it but what is given. */
export function change(
  wallet: WalletKey,
  expect: number,
  fields: Partial<Omit<Change, "head">> & { head?: Partial<WalletHead> } = {},
): Change {
  return {
    key: wallet,
    expect,
    unused: [],
    opened: [],
    moved: [],
    records: [],
    entries: [],
    receipts: [],
    events: [],
    usage: [],
    ...fields,
    head: head(expect + 1, fields.head),
  };
}

/** What a first change may bring: one row of each kind. */
export const everyRow = {
  unused: ["k1"],
  opened: [grant("g1")],
  records: [record("reservation", "r1")],
  entries: [entry(1_000, 1)],
  receipts: [receipt("k1")],
  events: [event(1)],
  usage: [delta(0)],
};
