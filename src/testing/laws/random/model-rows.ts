/** How the model tells its rows apart, orders and chooses them. */
import type {
  Change,
  EntryRow,
  GrantRow,
  ListQuery,
  ReceiptRow,
  RecordRow,
  UsageDelta,
  UsagePoint,
  WalletHead,
  WalletKey,
} from "../../../store/index.js";

export interface ModelWallet {
  readonly key: WalletKey;
  head: WalletHead;
  grants: GrantRow[];
  records: RecordRow[];
  entries: EntryRow[];
  receipts: ReceiptRow[];
  usage: UsageDelta[];
  events: number[];
}

const WHOLE = 10n ** 12n;

export function matching(wallet: ModelWallet, query: ListQuery): object[] {
  switch (query.kind) {
    case "wallets":
      return query.customerId === undefined || query.customerId === wallet.head.customerId
        ? [wallet.head]
        : [];
    case "grants":
      return sorted(wallet.grants, ({ id }) => [id]).filter(
        ({ open }) => query.open === undefined || query.open === open,
      );
    case "records":
      return sorted(wallet.records, ({ kind, id }) => [kind, id]).filter(
        ({ kind }) => query.record === undefined || query.record === kind,
      );
    case "receipts":
      return sorted(wallet.receipts, (row) => [row.recordedAt, row.receiptNo]).filter((row) =>
        within(row, query),
      );
    case "entries":
      return sorted(wallet.entries, (row) => [row.recordedAt, row.seq]).filter(
        (row) =>
          within(row, query) &&
          (query.types === undefined || query.types.includes(row.type)) &&
          (query.feature === undefined || query.feature === row.feature),
      );
  }
}

function within(
  row: { recordedAt: number },
  { from = -Infinity, to = Infinity }: { from?: number; to?: number },
) {
  return row.recordedAt >= from && row.recordedAt < to;
}

export function operation(wallet: ModelWallet | undefined, operationId: string): EntryRow[] {
  const rows = sorted(wallet?.entries ?? [], (row) => [row.recordedAt, row.seq]);
  const [recordedAt, seq] = operationId.split("-").map(Number);
  const start = rows.findIndex(
    (row) =>
      row.recordedAt > (recordedAt ?? NaN) || (row.recordedAt === recordedAt && row.seq >= (seq ?? NaN)),
  );
  const found = start < 0 ? [] : rows.slice(start);
  const end = found.findIndex((row) => row.operationId !== operationId);
  return end < 0 ? found : found.slice(0, end);
}

export function lapsed(wallet: ModelWallet | undefined, since: number): GrantRow[] {
  const rows = (wallet?.grants ?? []).filter(
    ({ open, expired, closedAt }) => !open && expired > 0n && closedAt !== null && closedAt >= since,
  );
  return sorted(rows, ({ closedAt, id }) => [closedAt ?? 0, id]);
}

export function sum(point: UsagePoint, delta: UsageDelta): UsagePoint {
  const total = (point.quantity + delta.quantity) * WHOLE + point.quantityFraction + delta.quantityFraction;
  return {
    index: point.index,
    feature: point.feature,
    group: point.group,
    quantity: total / WHOLE,
    quantityFraction: total % WHOLE,
    amount: point.amount + delta.amount,
    count: point.count + delta.count,
  };
}

export function repeats({ opened, moved, records, entries, receipts, events }: Change): boolean {
  return (
    hasTwins([...opened, ...moved], (a, b) => a.id === b.id) ||
    hasTwins(records, (a, b) => a.kind === b.kind && a.id === b.id) ||
    hasTwins(entries, samePlace) ||
    hasTwins(receipts, sameReceipt) ||
    hasTwins(events, (a, b) => a.eventNo === b.eventNo)
  );
}

export function hasTwins<Row>(rows: readonly Row[], equal: (a: Row, b: Row) => boolean): boolean {
  return rows.some((row, index) => rows.slice(index + 1).some((other) => equal(row, other)));
}

export function same(a: WalletKey, b: WalletKey): boolean {
  return a.part === b.part && a.id === b.id;
}

export function sameReceipt(a: ReceiptRow, b: ReceiptRow): boolean {
  return a.key === b.key || (a.recordedAt === b.recordedAt && a.receiptNo === b.receiptNo);
}

export function samePlace(a: EntryRow, b: EntryRow): boolean {
  return a.recordedAt === b.recordedAt && a.seq === b.seq;
}

/** By the places in turn; texts by the bytes that Node makes of them. */
export function sorted<Row>(rows: readonly Row[], place: (row: Row) => readonly (string | number)[]): Row[] {
  return rows.toSorted((a, b) => {
    const right = place(b);
    return (
      place(a)
        .map((value, index) => compare(value, right[index] ?? ""))
        .find((order) => order !== 0) ?? 0
    );
  });
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
