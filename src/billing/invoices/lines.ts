import { Decimal } from "../../core/decimal.js";
import type { LedgerEntry } from "../../engine/api-read-results.js";
import type { Grant } from "../../engine/api-results.js";
import type { EngineDoor } from "../../engine/door.js";
import { entryFromRow } from "../../engine/entry-rows.js";
import { walletKeyOf } from "../../engine/ids.js";
import type { EntryRow, WalletHead, WalletKey } from "../../store/rows.js";
import { type Origin, Origins } from "./origins.js";
import type { InvoicedState, StoredLine } from "./state.js";

export interface Covering {
  readonly customerId: string;
  /** Entries that stand before it are left out by the first step, and looked at by no later one. */
  readonly from: number | null;
  readonly to: number;
  readonly grants: "show" | "bill";
}

export interface Covered {
  /** By money. */
  readonly lines: ReadonlyMap<string, readonly StoredLine[]>;
  readonly through: InvoicedState["through"];
}

const PAGE = 1_000;

type Wallet = WalletHead & { readonly wallet: WalletKey };

/** What every ledger of a customer has booked since the last invoice and before `to`, as lines. */
export async function linesSince(
  door: EngineDoor,
  state: InvoicedState,
  covering: Covering,
): Promise<Covered> {
  const lines = new LineBook(covering.grants === "bill" ? new Origins(door, covering.customerId) : null);
  const through = { ...state.through };
  for await (const wallet of walletsOf(door, covering.customerId)) {
    const { id } = wallet.wallet;
    const before = state.through[id] ?? (await leftOut(door, wallet, { state, covering }));
    const last = (await addEntries(door, { wallet, before, covering, lines })) ?? before;
    if (last !== null) through[id] = last;
  }
  return { lines: lines.byMoney(), through };
}

async function* walletsOf({ books }: EngineDoor, customerId: string): AsyncGenerator<Wallet> {
  const { part } = walletKeyOf({ customerId, currency: "", scope: "" });
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof books.list<"wallets">>> = await books.list(
      { kind: "wallets", where: { part }, customerId },
      after,
      PAGE,
    );
    for (const wallet of page.items) if (wallet.currency !== "") yield wallet;
    after = page.next;
  } while (after !== null);
}

type Position = InvoicedState["through"][string];

/**
 * Where a ledger stands at the customer's beginning. It is kept by number: an entry that comes later is of no other
 * invoice, even if a slow clock dates it before the beginning.
 */
async function leftOut(
  { books }: EngineDoor,
  { wallet }: Wallet,
  { state, covering }: { readonly state: InvoicedState; readonly covering: Covering },
): Promise<Position | null> {
  if (state.step > 0 || covering.from === null) return null;
  const { items } = await books.list(
    { kind: "entries", where: { wallet }, to: covering.from, order: "desc" },
    null,
    1,
  );
  const [last] = items;
  return last === undefined ? null : { seq: last.seq, at: last.recordedAt };
}

interface Adding {
  readonly wallet: Wallet;
  /** What is covered, or left out, already; null: nothing. */
  readonly before: Position | null;
  readonly covering: Covering;
  readonly lines: LineBook;
}

/** @returns the last entry that is covered; null: none. Ledgers go by number: none is left out, and none comes twice. */
async function addEntries(
  door: EngineDoor,
  { wallet, before, covering, lines }: Adding,
): Promise<Position | null> {
  const { books } = door;
  const { wallet: key, customerId, currency, scope } = wallet;
  const names = { customerId, currency, scope };
  let last: Position | null = null;
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof books.list<"entries">>> = await books.list(
      {
        kind: "entries",
        where: { wallet: key },
        to: covering.to,
        ...(before === null ? {} : { from: before.at }),
      },
      after,
      PAGE,
    );
    const rows = page.items.filter(({ seq }) => seq > (before?.seq ?? 0));
    const entries = rows.filter(isBillable);
    const grants = await grantsOf(
      door,
      key,
      names,
      entries.flatMap(({ grantId }) => grantId ?? []),
    );
    const bought = entries.filter(isOfPurchase).flatMap(({ grantId }) => grants.get(grantId ?? "") ?? []);
    await lines.origins?.learn(bought.map(originOf));
    for (const row of entries)
      lines.add({
        entry: books.presentEntry(names, row),
        unitPrice: entryFromRow(row).price?.amount ?? null,
        grant: grants.get(row.grantId ?? ""),
        scope,
        currency,
      });
    const end = rows.at(-1);
    if (end !== undefined) last = { seq: end.seq, at: end.recordedAt };
    after = page.next;
  } while (after !== null);
  return last;
}

/** Use past zero counts though its money rounds to nothing: the next use brings what both come to. */
function isBillable({ account, amount, cost }: EntryRow): boolean {
  return cost !== null && (cost !== 0n || (account === "overage" && amount !== 0n));
}

/** What a grant gains that was bought, and what it loses that goes back; what moves is neither. */
function isOfPurchase({ type }: Pick<EntryRow, "type">): boolean {
  return type === "granted" || type === "refunded";
}

function originOf({ originGrantId, payment }: Grant): Origin {
  return { originGrantId, isPaidElsewhere: payment?.status === "paid" };
}

async function grantsOf(
  { books }: EngineDoor,
  key: WalletKey,
  names: Parameters<typeof books.presentGrant>[0],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Grant>> {
  const grants = [...new Set(ids)];
  if (grants.length === 0) return new Map();
  const [snapshot] = await books.load([{ key, grants }]);
  const rows = [...(snapshot?.grants ?? []), ...(snapshot?.asked.grants ?? [])];
  return new Map(rows.map((row) => [row.id, books.presentGrant(names, row)]));
}

interface Sum {
  readonly line: Omit<StoredLine, "credits" | "amount" | "last" | "count">;
  credits: Decimal;
  amount: Decimal;
  last: string;
  count: number;
}

/** An entry with money, and what it is of. */
interface Booked {
  readonly entry: LedgerEntry;
  readonly unitPrice: string | null;
  readonly grant: Grant | undefined;
  readonly scope: string;
  readonly currency: string;
}

const ZERO = new Decimal(0);

/** Sums entries up to lines: use past zero by feature and price, money of grants by grant. */
class LineBook {
  private readonly sums: Map<string, Map<string, Sum>> = new Map();

  /** @param origins Null: grants are not billed. */
  constructor(readonly origins: Origins | null) {}

  add(booked: Booked): void {
    const { entry, scope, currency } = booked;
    const { cost } = entry;
    if (cost === null) return;
    const of = this.lineOf(booked);
    if (of === null) return;
    const name = JSON.stringify([of.kind, currency, scope, of.feature, of.unitPrice, of.grantId]);
    const lines = this.sums.get(cost.currency) ?? new Map<string, Sum>();
    this.sums.set(cost.currency, lines);
    const sum = lines.get(name) ?? { line: of, credits: ZERO, amount: ZERO, last: entry.id, count: 0 };
    lines.set(name, sum);
    // What an account of use past zero loses is owed; what a grant gains was bought, and what it loses goes back.
    const sign = of.kind === "overage" ? -1 : 1;
    sum.credits = sum.credits.plus(entry.amount.times(sign));
    sum.amount = sum.amount.plus(cost.amount.times(sign));
    sum.last = entry.id;
    sum.count++;
  }

  private lineOf({ entry, unitPrice, grant, scope, currency }: Booked): Sum["line"] | null {
    const { type, account, feature, id } = entry;
    const shared = { currency, scope, first: id };
    if (account === "overage") {
      const what = feature === null ? currency : `${feature} (${currency})`;
      const description = `Use past the balance: ${what}`;
      return { ...shared, kind: "overage", description, feature, unitPrice, isDue: true, grantId: null };
    }
    if (!isOfPurchase(entry)) return null;
    const isTopUp = grant?.payment?.status === "paid" && grant.payment.topUpId !== null;
    const isBack = type === "refunded";
    const kind = isTopUp ? (isBack ? "top_up_refund" : "top_up") : isBack ? "grant_refund" : "grant";
    const name = grant?.displayName ?? grant?.source ?? "Credits";
    return {
      ...shared,
      kind,
      description: isBack ? `Refund: ${name}` : name,
      feature: null,
      unitPrice: null,
      isDue: grant !== undefined && this.origins?.isBilledHere(originOf(grant)) === true,
      grantId: entry.grantId,
    };
  }

  byMoney(): ReadonlyMap<string, readonly StoredLine[]> {
    return new Map(
      [...this.sums].map(([money, lines]) => [
        money,
        [...lines.values()].map(({ line, credits, amount, last, count }) => ({
          ...line,
          credits: credits.toFixed(),
          amount: amount.toFixed(),
          last,
          count,
        })),
      ]),
    );
  }
}
