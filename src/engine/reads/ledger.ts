import { QUANTITY_PLACES } from "../../core/amounts.js";
import { toDecimal } from "../../core/decimal.js";
import type { EntryRow } from "../../store/rows.js";
import type { LedgerEntry, LedgerVerification, Page, WrongEntry } from "../api-read-results.js";
import { writeDue } from "../due.js";
import { entryFromRow, expectedHash } from "../entry-rows.js";
import { publicId } from "../ids.js";
import { genesisHash } from "../ledger-hash.js";
import { namesOf, parseRequest } from "../parse.js";
import { creditsOf, moneyOf } from "../present.js";
import { ledgerSchema, walletSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";
import { DEFAULT_PAGE, openCursor, sealCursor } from "./page.js";
import { allRows, listRows } from "./rows.js";

/** Entries by sequence number. */
export async function ledger(services: Services, request: unknown): Promise<Page<LedgerEntry>> {
  const { input } = parseRequest(ledgerSchema, request, "ledger");
  const handle = services.handle(namesOf(input));
  const { types, feature, from, to, order, limit = DEFAULT_PAGE } = input;
  const after = openCursor("ledger", handle.key, input.after);
  await writeDue(services, handle);
  const filters = Object.fromEntries(
    Object.entries({ types, feature, from, to, order }).filter(([, filter]) => filter !== undefined),
  );
  const page = await listRows(
    services,
    { where: { wallet: handle.key }, kind: "entries", ...filters },
    after,
    limit,
  );
  return {
    items: page.items.map((row) => presentEntry(handle, row)),
    next: sealCursor("ledger", handle.key, page.next),
  };
}

function presentEntry(handle: WalletHandle, row: EntryRow): LedgerEntry {
  const entry = entryFromRow(row);
  const { key } = handle;
  const { seq, type, account, feature, rateVersion, actor, reason, cause } = entry;
  return {
    id: entryId(handle, row),
    seq,
    type,
    account,
    amount: creditsOf(handle, entry.amount),
    balanceAfter: creditsOf(handle, entry.balanceAfter),
    grantId: entry.grantId === null ? null : publicId("gr", key, entry.grantId),
    operationId: publicId("op", key, entry.operationId),
    reservationId: entry.reservationId === null ? null : publicId("rs", key, entry.reservationId),
    feature,
    quantity: entry.quantity === null ? null : toDecimal(entry.quantity, QUANTITY_PLACES),
    dimensions: entry.dimensions === null ? null : (JSON.parse(entry.dimensions) as Record<string, string>),
    rateVersion,
    cost:
      entry.money === null || entry.moneyCurrency === null ? null : moneyOf(entry.money, entry.moneyCurrency),
    actor,
    reason,
    cause,
    occurredAt: new Date(entry.occurredAt),
    recordedAt: new Date(entry.recordedAt),
    hash: Buffer.from(row.hash).toString("hex"),
  };
}

function entryId({ key }: WalletHandle, { recordedAt, seq }: EntryRow): string {
  return publicId("en", key, `${recordedAt}-${seq}`);
}

/** Reads the whole ledger again and checks numbers, instants, sums and hashes, up to the wallet's head. */
export async function verifyLedger(services: Services, request: unknown): Promise<LedgerVerification> {
  const { input } = parseRequest(walletSchema, request, "verifyLedger");
  const handle = services.handle(namesOf(input));
  await writeDue(services, handle);
  const { head } = await services.snapshotOf({ key: handle.key });
  let chain: Chain = {
    seq: 0,
    recordedAt: Number.MIN_SAFE_INTEGER,
    balance: 0n,
    hash: genesisHash(handle.names),
  };
  for await (const row of allRows(services, { where: { wallet: handle.key }, kind: "entries" })) {
    if (head !== null && chain.seq === head.seq) break;
    const problem = problemOf(row, chain);
    if (problem !== null) return wrong(chain, { seq: row.seq, entryId: entryId(handle, row), problem });
    chain = { seq: row.seq, recordedAt: row.recordedAt, balance: row.balanceAfter, hash: row.hash };
  }
  if (head !== null && chain.seq !== head.seq)
    return wrong(chain, {
      seq: chain.seq + 1,
      entryId: null,
      problem: `the wallet counts ${head.seq} entries, the ledger ends before`,
    });
  if (head !== null && (head.balance !== chain.balance || !sameBytes(head.ledgerHash, chain.hash)))
    return wrong(chain, {
      seq: chain.seq,
      entryId: null,
      problem: "the wallet's balance or hash is not that of its last entry",
    });
  return { ok: true, entries: chain.seq, head: Buffer.from(chain.hash).toString("hex") };
}

interface Chain {
  readonly seq: number;
  readonly recordedAt: number;
  readonly balance: bigint;
  readonly hash: Uint8Array;
}

function problemOf(row: EntryRow, chain: Chain): string | null {
  if (row.seq !== chain.seq + 1) return `number ${row.seq} follows ${chain.seq}`;
  if (row.recordedAt < chain.recordedAt) return "it was recorded before the entry that it follows";
  const moved = row.account === "overage" ? 0n : row.amount;
  if (row.balanceAfter !== chain.balance + moved) return "its balance is not the one before and its amount";
  if (!hashCovers(row, chain.hash)) return "its hash does not cover what it says";
  return null;
}

function hashCovers(row: EntryRow, before: Uint8Array): boolean {
  try {
    return sameBytes(row.hash, expectedHash(row, before));
  } catch {
    // A text that is no JSON any more was changed, too.
    return false;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function wrong({ seq }: Chain, entry: WrongEntry): LedgerVerification {
  return { ok: false, entries: seq, wrong: entry };
}
