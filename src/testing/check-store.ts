import { eventGaps, eventNumbers } from "./check-events.js";
import type { Catalog } from "../catalog/define.js";
import type { Violation } from "../core/invariants.js";
import { isOpen } from "../core/grant.js";
import { violations } from "../core/invariants.js";
import { type Reservation, isOwing } from "../core/records.js";
import { chartGroup } from "../core/usage.js";
import { entryFromRow, isCovered } from "../engine/entry-rows.js";
import { genesisHash } from "../engine/ledger-hash.js";
import { budgetFromRow, reservationFromRow, withdrawalFromRow } from "../engine/record-rows.js";
import { grantFromRow } from "../engine/wallet-rows.js";
import type { CreditStore } from "../store/contract.js";
import type { ListQuery, RowOf } from "../store/queries.js";
import { budgetGaps } from "./check-budgets.js";
import { usageGaps } from "./check-usage.js";
import type { EntryRow, ReceiptRow, WalletHead, WalletKey } from "../store/rows.js";

export interface WalletViolation extends Violation {
  readonly customerId: string;
  readonly currency: string;
  readonly scope: string;
}

export interface CheckStoreOptions {
  /** The catalog by which all of it was written: its charted dimensions are checked, too. */
  readonly catalog?: Catalog | undefined;
}

const PARTS = 256;
const PAGE = 1_000;

/**
 * Reads every wallet of a store and checks the laws of conservation on what is stored, from scratch; that the usage
 * counters sum what the ledger and the receipts say was used (law 8, of wallets of which nothing was pruned); that budgets
 * count what the ledger says was drawn and reservations hold; that
 * receipts and entries name the actor and the reason of their request; that what holds credits is marked as open; that no
 * row stands without its wallet's; and that a wallet's events are numbered without a gap, up to its count. Meant for tests: it holds some wallets
 * at a time in memory, whole.
 *
 * @returns what is wrong; empty where all laws hold.
 * @throws Error where the pages of a listing never end.
 * @example
 * ```ts
 * import { memoryStore } from "coffer/memory";
 * import { checkStore } from "coffer/testing";
 * import { expect, test } from "vitest";
 *
 * test("the store keeps its laws", async () => {
 *   expect(await checkStore(memoryStore())).toEqual([]);
 * });
 * ```
 */
export async function checkStore(
  store: CreditStore,
  { catalog }: CheckStoreOptions = {},
): Promise<readonly WalletViolation[]> {
  const found: WalletViolation[] = [];
  for (let first = 0; first < PARTS; first += PARTS_AT_ONCE) {
    const parts = Array.from({ length: Math.min(PARTS_AT_ONCE, PARTS - first) }, (_, index) => first + index);
    for (const violations of await Promise.all(parts.map((part) => checkPart(store, part, catalog))))
      found.push(...violations);
  }
  return found;
}

/** A server that answers one question works on the next meanwhile. */
const PARTS_AT_ONCE = 8;

async function checkPart(
  store: CreditStore,
  part: number,
  catalog: Catalog | undefined,
): Promise<readonly WalletViolation[]> {
  const found: WalletViolation[] = [];
  const wallets = new Set<string>();
  const numbers = await eventNumbers(store, part);
  for (const { wallet, ...head } of await all(store, "wallets", { part })) {
    wallets.add(wallet.id);
    const { customerId, currency, scope } = head;
    const groupOf = catalog === undefined ? undefined : groupsOf(catalog, currency);
    for (const violation of await checkWallet(store, wallet, head, groupOf))
      found.push({ ...violation, customerId, currency, scope });
    for (const violation of eventGaps(numbers.get(wallet.id) ?? [], head))
      found.push({ ...violation, customerId, currency, scope });
    numbers.delete(wallet.id);
  }
  for (const id of numbers.keys())
    found.push({ ...looseRow("events", part, id), customerId: "", currency: "", scope: "" });
  for (const violation of await looseRows(store, part, wallets))
    found.push({ ...violation, customerId: "", currency: "", scope: "" });
  return found;
}

type GroupOf = (dimensions: string | null) => string;

function groupsOf({ compiled }: Catalog, currencyId: string): GroupOf | undefined {
  const currency = compiled.currencies.get(currencyId);
  return currency === undefined ? undefined : (dimensions) => chartGroup(currency, dimensions);
}

const KINDS = ["grants", "records", "entries", "receipts"] as const;

/** Rows of wallets that have no row of their own; whose they are, nobody can say. */
async function looseRows(
  store: CreditStore,
  part: number,
  wallets: ReadonlySet<string>,
): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  for (const kind of KINDS) {
    const owners = new Set<string>();
    for await (const rows of pages(store, kind, { part }))
      for (const { wallet } of rows) owners.add(wallet.id);
    for (const id of owners) if (!wallets.has(id)) found.push(looseRow(kind, part, id));
  }
  return found;
}

function looseRow(kind: string, part: number, id: string): Violation {
  return { law: 2, what: `${kind} stand in wallet ${part}/${id}, which has no row` };
}

export async function holdsWallets(store: CreditStore): Promise<boolean> {
  for (let part = 0; part < PARTS; part++) {
    const { items } = await store.list({ kind: "wallets", where: { part }, limit: 1 });
    if (items.length > 0) return true;
  }
  return false;
}

async function checkWallet(
  store: CreditStore,
  wallet: WalletKey,
  head: WalletHead,
  groupOf: GroupOf | undefined,
): Promise<readonly Violation[]> {
  const records = await all(store, "records", { wallet });
  const ofKind = (kind: string) => records.filter((record) => record.kind === kind);
  const receipts = await all(store, "receipts", { wallet });
  const entries = await all(store, "entries", { wallet });
  const booked = entries.map(entryFromRow);
  const { balance, held, overdraft, overage, clock, receiptNo } = head;
  const reservations = ofKind("reservation").map(reservationFromRow);
  const withdrawals = ofKind("withdrawal").map(withdrawalFromRow);
  const grantRows = await all(store, "grants", { wallet });
  const grants = grantRows.map((row) => grantFromRow(row, clock));
  const broken = violations({
    grants,
    reservations,
    withdrawals,
    entries: booked,
    operations: new Set(receipts.map((receipt) => receipt.operationId)),
    balance,
    held,
    overdraft,
    overage,
  });
  const isWhole = receipts.length === receiptNo && entries.length === head.seq;
  return [
    ...broken,
    ...wrongOpen("grant", grantRows, grants.map(isOpen)),
    ...wrongOpen("reservation", ofKind("reservation"), reservations.map(isHeld)),
    ...wrongOpen("withdrawal", ofKind("withdrawal"), withdrawals.map(isOwing)),
    ...brokenChain(entries, head),
    ...receiptGaps(receipts, head),
    ...wrongNotes(receipts, entries),
    ...(entries.length === head.seq
      ? budgetGaps({
          budgets: ofKind("budget")
            .filter(({ open }) => open)
            .map(budgetFromRow),
          entries: booked,
          withdrawals,
          reservations,
        })
      : []),
    ...(isWhole
      ? await usageGaps({ store, key: wallet, entries: booked, receipts, withdrawals, groupOf })
      : []),
  ];
}

/** What is not marked as open is not read with the wallet: credits there could never be spent. */
function wrongOpen(
  what: string,
  rows: readonly { readonly id: string; readonly open: boolean }[],
  isOpenNow: readonly boolean[],
): readonly Violation[] {
  return rows.flatMap(({ id, open }, index) =>
    open === isOpenNow[index]
      ? []
      : [{ law: 1, what: `${what} ${id} is marked as ${open ? "open" : "closed"}, and is not` }],
  );
}

function isHeld({ state }: Reservation): boolean {
  return state === "held";
}

interface Notes {
  readonly actor: string | null;
  readonly reason: string | null;
}

/** Who asked for it, and why: a receipt says what its request says, and the entries of its operation say the same. */
function wrongNotes(receipts: readonly ReceiptRow[], entries: readonly EntryRow[]): readonly Violation[] {
  const noted = new Map<string, Notes>(receipts.map((receipt) => [receipt.operationId, receipt]));
  const ofReceipts = receipts.flatMap(({ key, request, ...notes }) => {
    const asked = JSON.parse(request) as Partial<Notes>;
    // What was erased says nothing any more.
    const isErased = Object.keys(asked).length === 0;
    return isErased || isSameNotes(notes, { actor: asked.actor ?? null, reason: asked.reason ?? null })
      ? []
      : [{ law: 7, what: `the receipt of ${key} names another actor or reason than its request` }];
  });
  const ofEntries = entries.flatMap(({ seq, operationId, ...notes }) =>
    isSameNotes(notes, noted.get(operationId) ?? notes)
      ? []
      : [{ law: 7, what: `entry ${seq} names another actor or reason than its receipt` }],
  );
  return [...ofReceipts, ...ofEntries];
}

function isSameNotes(one: Notes, other: Notes): boolean {
  return one.actor === other.actor && one.reason === other.reason;
}

/** Each entry's hash covers what it says and the hash before it; the wallet keeps the last one. */
function brokenChain(entries: readonly EntryRow[], head: WalletHead): readonly Violation[] {
  let before = genesisHash(head);
  const wrong = entries.flatMap((row) => {
    const isWhole = isCovered(row, before);
    before = row.hash;
    return isWhole ? [] : [{ law: 6, what: `entry ${row.seq}: its hash does not cover what it says` }];
  });
  const isHead = Buffer.compare(before, head.ledgerHash) === 0;
  return isHead ? wrong : [...wrong, { law: 6, what: "the wallet's hash is not that of its last entry" }];
}

/** Old receipts may have been pruned; those that are left end at the wallet's count, without a gap. */
function receiptGaps(receipts: readonly ReceiptRow[], { receiptNo }: WalletHead): readonly Violation[] {
  const first = receiptNo - receipts.length + 1;
  return receipts.flatMap((receipt, index) =>
    receipt.receiptNo === first + index
      ? []
      : [{ law: 6, what: `receipt ${receipt.receiptNo} stands at place ${first + index}` }],
  );
}

type Listed<Kind extends ListQuery["kind"]> = RowOf[Kind] & { readonly wallet: WalletKey };

async function all<Kind extends ListQuery["kind"]>(
  store: CreditStore,
  kind: Kind,
  where: ListQuery["where"],
): Promise<readonly Listed<Kind>[]> {
  const rows: Listed<Kind>[] = [];
  for await (const page of pages(store, kind, where)) rows.push(...page);
  return rows;
}

async function* pages<Kind extends ListQuery["kind"]>(
  store: CreditStore,
  kind: Kind,
  where: ListQuery["where"],
): AsyncIterable<readonly Listed<Kind>[]> {
  const positions = new Set<string | null>();
  let after: string | null = null;
  do {
    if (positions.has(after))
      throw new Error(
        `checkStore: pages of ${kind} never end: the position ${JSON.stringify(after)} came twice.`,
      );
    positions.add(after);
    const query = { kind, where, limit: PAGE, ...(after === null ? {} : { after }) } as unknown as ListQuery;
    const page = await store.list(query);
    yield page.items as unknown as readonly Listed<Kind>[];
    after = page.next;
  } while (after !== null);
}
