import { toDecimal } from "../core/decimal.js";
import { minorPlaces } from "../core/money.js";
import type { Money } from "../engine/api-results.js";
import type { BookDoor } from "../engine/book-door.js";
import { publicId, walletKeyOf } from "../engine/ids.js";
import { decodeJson } from "../engine/json.js";
import type { EntryRow, GrantRow, ReceiptRow, WalletKey } from "../store/rows.js";
import type { Grant } from "../engine/api-results.js";
import { receiptOf } from "./concerned.js";
import { effectOf } from "./effect.js";
import { Pages } from "./pages.js";
import type { TraceStep, TracedOperation } from "./trace-api.js";

/** A wallet in which something is traced. */
export interface TracedPlace {
  readonly key: WalletKey;
  readonly names: { readonly customerId: string; readonly currency: string; readonly scope: string };
}

export function moneyOf(minor: bigint, currency: string): Money {
  return { amount: toDecimal(minor, minorPlaces(currency)), currency };
}

export function tracedEffect(row: EntryRow): TraceStep["effect"] {
  const effect = effectOf(row);
  return effect === null ? null : { kind: effect.effect, money: moneyOf(effect.minor, effect.currency) };
}

export async function grantRowAt(
  books: BookDoor,
  key: WalletKey,
  local: string,
): Promise<GrantRow | undefined> {
  const [snapshot] = await books.load([{ key, grants: [local] }]);
  if (snapshot === undefined) return undefined;
  return [...snapshot.grants, ...snapshot.asked.grants].find(({ id }) => id === local);
}

/** A grant may have gone through as many hands as this. */
const MOST_ORIGINS = 1_000;

/** The grants that a grant's credits came from, nearest first. */
export async function originsOf(books: BookDoor, grant: Grant): Promise<readonly Grant[]> {
  const origins: Grant[] = [];
  let id = grant.originGrantId;
  while (id !== null && origins.length < MOST_ORIGINS) {
    const { key, names, local } = await books.placeOf("gr", id, "grant_not_found");
    const row = await grantRowAt(books, key, local);
    if (row === undefined) break;
    const origin = books.presentGrant(names, row);
    origins.push(origin);
    id = origin.originGrantId;
  }
  return origins;
}

const VERBS: Readonly<Record<string, string>> = { transferOut: "transfer", transferIn: "transfer" };

/** Reads the receipts of operations, each once. */
export class Receipts {
  private readonly known: Map<string, ReceiptRow | undefined> = new Map();

  constructor(
    private readonly books: BookDoor,
    private readonly key: WalletKey,
  ) {}

  async of(row: EntryRow): Promise<ReceiptRow | undefined> {
    const { operationId } = row;
    if (!this.known.has(operationId)) this.known.set(operationId, await receiptOf(this.books, this.key, row));
    return this.known.get(operationId);
  }

  async operationOf(row: EntryRow): Promise<TracedOperation | null> {
    const receipt = await this.of(row);
    if (receipt === undefined) return null;
    const { kind, key, actor, reason } = receipt;
    return {
      operationId: publicId("op", this.key, row.operationId),
      operation: VERBS[kind] ?? kind,
      idempotencyKey: key,
      actor,
      reason,
    };
  }
}

const MOVES: ReadonlySet<string> = new Set(["transferred_out", "transferred_in", "rolled_over"]);

/** Where credits that move go to, or come from. */
export async function counterpartsOf(
  books: BookDoor,
  receipts: Receipts,
  { key }: TracedPlace,
  row: EntryRow,
  grant: Grant,
): Promise<readonly string[]> {
  if (!MOVES.has(row.type) || row.amount === 0n) return [];
  if (row.amount > 0n) return grant.originGrantId === null ? [] : [grant.originGrantId];
  const receipt = await receipts.of(row);
  const across = receipt === undefined ? [] : arrivedBy(receipt, key, grant.id);
  if (across.length > 0) return across;
  const next = await entryAt(books, key, row.recordedAt, row.seq + 1);
  const isHere = next !== undefined && MOVES.has(next.type) && next.amount > 0n && next.grantId !== null;
  return isHere ? [publicId("gr", key, next.grantId)] : [];
}

/** Of a transfer or a conversion: the grants in the other wallet that this grant's credits became. */
function arrivedBy(receipt: ReceiptRow, from: WalletKey, grantId: string): readonly string[] {
  const { arrived = [] } = decodeJson(receipt.result) as {
    readonly arrived?: readonly { readonly id: string; readonly originGrantId: string | null }[];
  };
  const target = targetOf(JSON.parse(receipt.request) as TransferText);
  if (target === undefined || target.id === from.id) return [];
  return arrived
    .filter(({ originGrantId }) => originGrantId === grantId)
    .map(({ id }) => publicId("gr", target, id));
}

interface TransferText {
  readonly customerId?: string;
  readonly scope?: string;
  readonly currency?: string;
  /** Of a transfer the wallet, of a conversion the currency. */
  readonly to?: string | { readonly customerId: string; readonly scope?: string };
}

function targetOf({ customerId, scope, currency, to }: TransferText): WalletKey | undefined {
  if (typeof to === "string" && customerId !== undefined)
    return walletKeyOf({ customerId, currency: to, scope: scope ?? "" });
  if (typeof to === "object" && currency !== undefined)
    return walletKeyOf({ customerId: to.customerId, currency, scope: to.scope ?? "" });
  return undefined;
}

const PER_PAGE = 1_000;

export async function entryAt(
  books: BookDoor,
  wallet: WalletKey,
  recordedAt: number,
  seq: number,
): Promise<EntryRow | undefined> {
  const at = { from: recordedAt, to: recordedAt + 1 };
  const listing = new Pages<EntryRow>((after) =>
    books.list({ kind: "entries", where: { wallet }, ...at }, after, PER_PAGE),
  );
  while ((await listing.peek()) !== undefined) {
    const found = listing.take(() => true).find((row) => row.seq === seq);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The wallet's entries from an instant on, a page at a time. */
export function entriesFrom(books: BookDoor, wallet: WalletKey, from: number): Pages<EntryRow> {
  return new Pages<EntryRow>((after) =>
    books.list({ kind: "entries", where: { wallet }, from }, after, PER_PAGE),
  );
}

/** The place in the ledger that an entry's id, or a page's `next`, names; undefined: it names none. */
export function ledgerPlace(
  local: string,
): { readonly recordedAt: number; readonly seq: number } | undefined {
  const [, recordedAt, seq] = /^(-?\d{1,16})-(\d{1,16})$/.exec(local) ?? [];
  return recordedAt === undefined ? undefined : { recordedAt: Number(recordedAt), seq: Number(seq) };
}
