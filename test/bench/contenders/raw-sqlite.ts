import { sqliteStore } from "coffer/sqlite";
import type { Change, EntryRow, GrantRow, ReceiptRow, UsageDelta, WalletHead } from "coffer/store";
import type { Database, Statement } from "better-sqlite3";
import type { Contender } from "../measure/compare.js";
import type { Round } from "../measure/drive.js";
import { CREDITS_AT_FIRST, UNITS_PER_CALL } from "./catalog.js";
import type { Load } from "./coffer.js";
import { type Batch, decided } from "./decided.js";

const HERE = "part = ? and wallet = ?";

const ENTRY = `recorded_at, seq, type, account, amount, balance_after, grant_id, operation_id, reservation_id, feature,
  cost, cost_currency, actor, reason, occurred_at, detail, hash`;
const RECEIPT = `receipt_no, idempotency_key, operation_id, kind, request_hash, request, result, actor, reason, recorded_at`;

type Value = string | number | bigint | Uint8Array | null;
type Place = readonly [part: number, wallet: bigint];

/** Rows as a program writes them that has decided already: prepared statements, and nothing is read. */
class Writer {
  private readonly statements: Readonly<Record<"head" | "grant" | "entry" | "receipt" | "usage", Statement>>;
  private readonly inTransaction: (batch: Batch) => void;

  constructor(database: Database) {
    const prepare = (text: string) => database.prepare(text);
    this.statements = {
      head: prepare(`update coffer_wallet set version = ?, clock = ?, seq = ?, ledger_hash = ?, receipt_no = ?,
        balance = ?, held = ?, due_at = ?, settings = ? where ${HERE} and version = ?`),
      grant:
        prepare(`update coffer_grant set open = ?, status = ?, closed_at = ?, remaining = ?, held = ?, consumed = ?,
        detail = ? where ${HERE} and id = ?`),
      entry: prepare(`insert into coffer_entry (part, wallet, ${ENTRY}) values (${"?, ".repeat(18)}?)`),
      receipt: prepare(`insert into coffer_receipt (part, wallet, ${RECEIPT}) values (${"?, ".repeat(11)}?)`),
      usage: prepare(`insert into coffer_usage values (${"?, ".repeat(8)}?) on conflict do update set
        quantity = quantity + excluded.quantity, amount = amount + excluded.amount, uses = uses + excluded.uses`),
    };
    this.inTransaction = database.transaction((batch: Batch) => {
      for (const change of batch) this.change(change);
    }).immediate;
  }

  /** One transaction. */
  write(batch: Batch): void {
    this.inTransaction(batch);
  }

  private change({ key, expect, head, moved, entries, receipts, usage }: Change): void {
    const place: Place = [key.part, BigInt(`0x${key.id}`)];
    this.head(place, head, expect);
    for (const row of moved) this.grant(place, row);
    for (const row of entries) this.entry(place, row);
    for (const row of receipts) this.receipt(place, row);
    for (const delta of usage) this.usage(place, delta);
  }

  private head(place: Place, head: WalletHead, expect: number): void {
    const { version, clock, seq, ledgerHash, receiptNo, balance, held, dueAt, settings } = head;
    const values: Value[] = [version, clock, seq, ledgerHash, receiptNo, balance, held, dueAt, settings];
    if (this.statements.head.run(...values, ...place, expect).changes !== 1)
      throw new Error(`the wallet is not at version ${expect}`);
  }

  private grant(
    place: Place,
    { id, open, status, closedAt, remaining, held, consumed, detail }: GrantRow,
  ): void {
    this.statements.grant.run(
      Number(open),
      status,
      closedAt,
      remaining,
      held,
      consumed,
      detail,
      ...place,
      id,
    );
  }

  private entry(place: Place, row: EntryRow): void {
    this.statements.entry.run(
      ...place,
      row.recordedAt,
      row.seq,
      row.type,
      row.account,
      row.amount,
      row.balanceAfter,
      row.grantId,
      row.operationId,
      row.reservationId,
      row.feature,
      row.cost,
      row.costCurrency,
      row.actor,
      row.reason,
      row.occurredAt,
      row.detail,
      row.hash,
    );
  }

  private receipt(place: Place, row: ReceiptRow): void {
    this.statements.receipt.run(
      ...place,
      row.receiptNo,
      row.key,
      row.operationId,
      row.kind,
      row.requestHash,
      row.request,
      row.result,
      row.actor,
      row.reason,
      row.recordedAt,
    );
  }

  private usage(place: Place, delta: UsageDelta): void {
    const { bucketAt, feature, group, quantity, quantityFraction, amount, count } = delta;
    this.statements.usage.run(...place, bucketAt, feature, group, quantity, quantityFraction, amount, count);
  }
}

const DECIDED_AT_ONCE = 1_024;

/** The rows that the engine would write, in transactions of the same size; deciding them is not timed. */
export async function rawSqlite(path: string, load: Load): Promise<Contender & { readonly end: () => void }> {
  const { funding, next } = await decided(load);
  const store = sqliteStore({ path, driver: "better-sqlite3" });
  for (const batch of funding) await store.commit(batch);
  await store.close();
  const { default: Sqlite } = await import("better-sqlite3");
  const database = new Sqlite(path);
  database.pragma("journal_mode = wal");
  database.pragma("synchronous = FULL");
  const writer = new Writer(database);
  let made = 0;
  return {
    name: `better-sqlite3 alone, ${load.callers === 1 ? "a transaction each" : `${load.callers} in a transaction`}`,
    round: async () => {
      const round = await writeFor(writer, load.ms, () => next(DECIDED_AT_ONCE));
      made += round.operations;
      return round;
    },
    check: async () => {
      const row = database.prepare("select sum(balance) as credits from coffer_wallet").safeIntegers().get();
      const { credits } = row as { readonly credits: bigint };
      const funded = BigInt(load.customers.length) * BigInt(CREDITS_AT_FIRST) * 1_000_000n;
      if (credits !== funded - BigInt(made) * UNITS_PER_CALL)
        throw new Error(`better-sqlite3 left ${credits} after ${made} withdrawals`);
    },
    end: () => void database.close(),
  };
}

async function writeFor(
  writer: Writer,
  forMs: number,
  more: () => Promise<readonly Batch[]>,
): Promise<Round> {
  const latenciesMs: number[] = [];
  let ms = 0;
  while (ms < forMs)
    for (const batch of await more()) {
      const started = performance.now();
      writer.write(batch);
      const took = performance.now() - started;
      ms += took;
      for (const { receipts } of batch) latenciesMs.push(...receipts.map(() => took));
    }
  return { operations: latenciesMs.length, ms, latenciesMs };
}
