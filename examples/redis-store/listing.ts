import {
  type Cursor,
  type ListQuery,
  type Page,
  type RowOf,
  type WalletKey,
  readCursor,
  writeCursor,
} from "coffer/store";
import { FIRST, type KeyName, LAST, type PartKeys, member, under } from "./keys.js";
import type { Call } from "./redis.js";
import { decode } from "./rows.js";

type AnyRow = RowOf[keyof RowOf];

/** Where a listing walks: an index, a range of its members, and the hash that holds the rows. */
interface Walk {
  readonly index: KeyName;
  readonly hash: KeyName;
  readonly from: string;
  readonly to: string;
  readonly isBackwards: boolean;
}

const LEAST_BATCH = 100;

/** A page in order of (wallet, key): one row more than asked for tells whether there is a next one. */
export async function list(call: Call, keys: PartKeys, query: ListQuery): Promise<Page<AnyRow>> {
  const after = query.after === undefined ? null : readCursor(query.kind, query.after);
  const walk = walkOf(query, after);
  const items: (AnyRow & { readonly wallet: WalletKey })[] = [];
  let { from, to } = walk;
  const batch = Math.max(query.limit + 1, LEAST_BATCH);
  for (;;) {
    const members = await membersOf(call, keys, { ...walk, from, to }, batch);
    for (const [name, row] of await rowsOf(call, keys.of(walk.hash), members, query)) {
      if (!matches(query, row)) continue;
      if (items.length === query.limit) return { items, next: nextOf(query, items.at(-1)) };
      items.push({ ...row, wallet: { part: partOf(query), id: name.slice(0, WALLET_LENGTH) } });
    }
    const last = members.at(-1);
    if (members.length < batch || last === undefined) return { items, next: null };
    if (walk.isBackwards) to = `(${last}`;
    else from = `(${last}`;
  }
}

const WALLET_LENGTH = 16;

export function partOf({ where }: Pick<ListQuery, "where">): number {
  return "wallet" in where ? where.wallet.part : where.part;
}

async function membersOf(call: Call, keys: PartKeys, walk: Walk, limit: number): Promise<readonly string[]> {
  const range = walk.isBackwards ? [walk.to, walk.from] : [walk.from, walk.to];
  const order = walk.isBackwards ? ["REV"] : [];
  const page = ["LIMIT", "0", String(limit)];
  return (await call.read("ZRANGE", keys.of(walk.index), ...range, "BYLEX", ...order, ...page)) as string[];
}

/** What was pruned since its member was read is passed over. */
async function rowsOf(
  call: Call,
  hash: string,
  members: readonly string[],
  { kind }: ListQuery,
): Promise<readonly (readonly [member: string, row: AnyRow])[]> {
  if (members.length === 0) return [];
  // The index of customers names the wallet last.
  const names = kind === "wallets" ? members.map((name) => name.slice(-WALLET_LENGTH)) : members;
  const texts = (await call.read("HMGET", hash, ...names)) as readonly (string | null)[];
  return texts.flatMap((text, at) =>
    text === null ? [] : [[names[at] ?? "", decode(text) as AnyRow] as const],
  );
}

function walkOf(query: ListQuery, after: Cursor | null): Walk {
  const walk = {
    ...placesOf(query),
    ...rangeOf(query),
    isBackwards: query.kind === "entries" && query.order === "desc",
  };
  if (after === null) return walk;
  const end = memberOf(query, after);
  return walk.isBackwards ? { ...walk, to: `(${end}` } : { ...walk, from: `(${end}` };
}

function placesOf(query: ListQuery): Pick<Walk, "index" | "hash"> {
  switch (query.kind) {
    case "wallets":
      return { index: query.customerId === undefined ? "wallets" : "customers", hash: "head" };
    case "grants":
      return { index: query.open === true ? "grants:open" : "grants", hash: "grant" };
    case "records":
      return { index: "records", hash: "record" };
    case "entries":
      return { index: "entries", hash: "entry" };
    case "receipts":
      return { index: "receipts", hash: "receipt" };
  }
}

function rangeOf(query: ListQuery): Pick<Walk, "from" | "to"> {
  const { where } = query;
  if (query.kind === "wallets") return rangeOfWallets(query);
  if (!("wallet" in where)) return { from: FIRST, to: LAST };
  const { id } = where.wallet;
  const isOfKind = query.kind === "records" && query.record !== undefined;
  const [from, to] = isOfKind ? under(id, query.record) : under(id);
  if (query.kind !== "entries" && query.kind !== "receipts") return { from, to };
  return {
    from: query.from === undefined ? from : `[${member(id, query.from)}`,
    to: query.to === undefined ? to : `(${member(id, query.to)}`,
  };
}

function rangeOfWallets(query: Extract<ListQuery, { kind: "wallets" }>): Pick<Walk, "from" | "to"> {
  const { where, customerId } = query;
  if ("wallet" in where) {
    const name = customerId === undefined ? where.wallet.id : member(customerId, where.wallet.id);
    return { from: `[${name}`, to: `[${name}` };
  }
  if (customerId === undefined) return { from: FIRST, to: LAST };
  const [from, to] = under(customerId);
  return { from, to };
}

function memberOf(query: ListQuery, { wallet, place }: Cursor): string {
  if (query.kind === "wallets" && query.customerId !== undefined) return member(query.customerId, wallet);
  return member(wallet, ...place);
}

/** What the range does not say already. */
function matches(query: ListQuery, row: AnyRow): boolean {
  switch (query.kind) {
    case "wallets":
      return true;
    case "grants":
      return query.open === undefined || ("open" in row && row.open === query.open);
    case "records":
      return query.record === undefined || ("kind" in row && row.kind === query.record);
    case "receipts":
      return isBetween(query, row);
    case "entries":
      return (
        isBetween(query, row) &&
        (query.types === undefined || ("type" in row && query.types.includes(row.type))) &&
        (query.feature === undefined || ("feature" in row && row.feature === query.feature))
      );
  }
}

function isBetween({ from, to }: { readonly from?: number; readonly to?: number }, row: AnyRow): boolean {
  if (!("recordedAt" in row)) return false;
  return (from === undefined || row.recordedAt >= from) && (to === undefined || row.recordedAt < to);
}

function nextOf(
  { kind }: ListQuery,
  last: (AnyRow & { readonly wallet: WalletKey }) | undefined,
): string | null {
  return last === undefined ? null : writeCursor(kind, { wallet: last.wallet.id, place: placeOf(last) });
}

function placeOf(row: AnyRow): Cursor["place"] {
  if ("seq" in row && "recordedAt" in row) return [row.recordedAt, row.seq];
  if ("receiptNo" in row && "recordedAt" in row) return [row.recordedAt, row.receiptNo];
  if ("data" in row) return [row.kind, row.id];
  return "id" in row ? [row.id] : [];
}
