import { decodeJson } from "../engine/json.js";
import type { BookDoor } from "../engine/book-door.js";
import type { EntryRow, GrantRow, WalletHead, WalletKey } from "../store/rows.js";
import { Pages } from "./pages.js";
import { type SealedSeqs, type Seals, bookedAt, lastBefore } from "./seals.js";

const ROWS_PER_PAGE = 2_000;
const WALLETS_PER_PAGE = 200;

export interface LedgerWallet {
  readonly key: WalletKey;
  readonly names: { readonly customerId: string; readonly currency: string; readonly scope: string };
  /** Decimal places of its credits. */
  readonly scale: number;
  /** The ledger's last entry when the wallet was read, and the wallet's own time. */
  readonly seq: number;
  readonly clock: number;
  /** Grants that were open then; of the others nothing is deferred. Empty where they were not asked for. */
  readonly openGrants: readonly GrantRow[];
  readonly sealed: SealedSeqs;
}

export interface BookedEntry {
  readonly row: EntryRow;
  /** When the books count it. */
  readonly at: number;
}

/** Entries of one wallet that follow each other: a page's worth at most. */
export interface LedgerChunk {
  readonly wallet: LedgerWallet;
  readonly entries: readonly BookedEntry[];
  readonly isLast: boolean;
}

export interface StreamOptions {
  readonly part: number;
  readonly from: number;
  /** Entries recorded from then on stay away; null: all that there are. */
  readonly to: number | null;
  readonly withGrants: boolean;
  readonly seals: Seals;
  readonly sealedOf: (wallet: string) => SealedSeqs;
}

type Entry = EntryRow & { readonly wallet: WalletKey };

/**
 * The ledgers of one part of the store, wallet by wallet, from what is counted at `from` on. Wallets and entries are both
 * listed in order of wallets, so one pass merges them, and a page of each is all that is held.
 */
export async function* ledgerChunks(books: BookDoor, options: StreamOptions): AsyncGenerator<LedgerChunk> {
  const { part, from, to } = options;
  const span = to === null ? { from } : { from, to };
  const entries = new Pages<Entry>((after) =>
    books.list({ kind: "entries", where: { part }, ...span }, after, ROWS_PER_PAGE),
  );
  for await (const wallet of walletsOf(books, options, entries)) {
    const late = await lateEntries(books, options, wallet, entries);
    if (late.length > 0) yield chunkOf(wallet, late, options);
    let last = late.at(-1)?.seq ?? 0;
    while ((await entries.peek())?.wallet.id === wallet.key.id) {
      const rows = entries.take((row) => row.wallet.id === wallet.key.id);
      last = rows.at(-1)?.seq ?? last;
      yield chunkOf(wallet, rows, options);
    }
    yield { ...chunkOf(wallet, await missedEntries(books, options, wallet, last), options), isLast: true };
  }
}

function chunkOf(wallet: LedgerWallet, rows: readonly EntryRow[], options: StreamOptions): LedgerChunk {
  return { wallet, entries: rows.map((row) => booked(row, wallet, options)), isLast: false };
}

/** The page of entries may have been read before the wallet was: what was written between is read now. */
async function missedEntries(
  books: BookDoor,
  { withGrants, from }: StreamOptions,
  { key, seq, clock }: LedgerWallet,
  last: number,
): Promise<readonly EntryRow[]> {
  if (!withGrants || last >= seq || clock < from) return [];
  const missed: EntryRow[] = [];
  const listing = new Pages<EntryRow>((after) =>
    books.list({ kind: "entries", where: { wallet: key }, from }, after, ROWS_PER_PAGE),
  );
  while ((await listing.peek()) !== undefined)
    missed.push(...listing.take(() => true).filter((row) => row.seq > last));
  return missed;
}

function booked(row: EntryRow, { sealed }: LedgerWallet, { seals }: StreamOptions): BookedEntry {
  return { row, at: bookedAt(row, seals, sealed) };
}

/** Wallets with entries are met even where they were born after their listing had gone past them. */
async function* walletsOf(
  books: BookDoor,
  options: StreamOptions,
  entries: Pages<Entry>,
): AsyncGenerator<LedgerWallet> {
  const listing = new Pages<WalletHead & { readonly wallet: WalletKey }>((after) =>
    books.list({ kind: "wallets", where: { part: options.part } }, after, WALLETS_PER_PAGE),
  );
  let known: readonly LedgerWallet[] = [];
  for (;;) {
    if (known.length === 0) {
      await listing.peek();
      known = await walletsFrom(
        books,
        listing.take(() => true),
        options,
      );
    }
    const [first] = known;
    const entry = await entries.peek();
    const isListed = (await listing.peek()) !== undefined || first !== undefined;
    if (first === undefined && isListed) continue;
    if (entry !== undefined && (first === undefined || entry.wallet.id < first.key.id))
      yield* await newcomer(books, entry.wallet, options, entries);
    else if (first === undefined) return;
    else {
      known = known.slice(1);
      yield first;
    }
  }
}

async function newcomer(
  books: BookDoor,
  key: WalletKey,
  options: StreamOptions,
  entries: Pages<Entry>,
): Promise<readonly LedgerWallet[]> {
  const [snapshot] = await books.load([{ key }]);
  if (snapshot?.head != null) return [walletOf(key, snapshot.head, snapshot.grants, options)];
  // Rows without their wallet's are no ledger: checkStore names them.
  entries.take(({ wallet }) => wallet.id === key.id);
  return [];
}

async function walletsFrom(
  books: BookDoor,
  rows: readonly (WalletHead & { readonly wallet: WalletKey })[],
  options: StreamOptions,
): Promise<readonly LedgerWallet[]> {
  const holding = rows.filter(
    ({ version, customerId, currency }) => version > 0 && customerId !== "" && currency !== "",
  );
  if (holding.length === 0) return [];
  if (!options.withGrants) return holding.map((head) => walletOf(head.wallet, head, [], options));
  const snapshots = await books.load(holding.map(({ wallet }) => ({ key: wallet })));
  return snapshots.flatMap(({ key, head, grants }) =>
    head === null ? [] : [walletOf(key, head, grants, options)],
  );
}

function walletOf(
  key: WalletKey,
  { customerId, currency, scope, seq, clock, settings }: WalletHead,
  openGrants: readonly GrantRow[],
  { sealedOf }: StreamOptions,
): LedgerWallet {
  const { scale } = decodeJson(settings) as { readonly scale: number };
  return {
    key,
    names: { customerId, currency, scope },
    scale,
    seq,
    clock,
    openGrants,
    sealed: sealedOf(key.id),
  };
}

/** Entries recorded before `from` that count after it, since their own period had been closed. */
async function lateEntries(
  books: BookDoor,
  { from, seals }: StreamOptions,
  { key, seq, sealed }: LedgerWallet,
  entries: Pages<Entry>,
): Promise<readonly EntryRow[]> {
  const before = lastBefore(from, seals, sealed);
  if (before === null) return [];
  const next = await entries.peek();
  const first = next?.wallet.id === key.id ? next.seq : seq + 1;
  if (first <= before + 1) return [];
  const listing = new Pages<EntryRow>((after) =>
    books.list({ kind: "entries", where: { wallet: key }, to: from, order: "desc" }, after, LATE_PER_PAGE),
  );
  const late: EntryRow[] = [];
  for (;;) {
    const entry = await listing.peek();
    if (entry === undefined || entry.seq <= before) return late.reverse();
    late.push(...listing.take((row) => row.seq > before));
  }
}

/** There are few: a process with a wrong clock wrote them. */
const LATE_PER_PAGE = 10;
