import { Decimal } from "coffer";
import { ZERO } from "../sums.js";
import type { YearEngine } from "./engine.js";

/** What the ledger says of one month, in dollars. */
export interface Month {
  readonly month: string;
  readonly billed: Decimal;
  readonly recognised: Decimal;
  readonly breakage: Decimal;
  /** Promotional credits that were used. */
  readonly promotional: Decimal;
}

export interface Books {
  readonly months: readonly Month[];
  /** Paid for and neither used nor lost yet, by the months. */
  readonly deferred: Decimal;
  /** The same, by the grants. */
  readonly deferredByGrants: Decimal;
  readonly entries: number;
  readonly available: Decimal;
  readonly owed: Decimal;
  readonly broken: readonly string[];
}

interface Sums {
  billed: Decimal;
  recognised: Decimal;
  breakage: Decimal;
  promotional: Decimal;
}

const PAGE = 1_000;

/** Reads all ledgers, checks each, and sums the money up by the months in which it was booked. */
export async function booksOf(credits: YearEngine, customers: readonly string[]): Promise<Books> {
  const months = new Map<string, Sums>();
  const totals = { deferredByGrants: ZERO, entries: 0, available: ZERO, owed: ZERO };
  const broken: string[] = [];
  for (const customerId of customers) {
    const wallet = { customerId, currency: "credits" } as const;
    const verified = await credits.verifyLedger(wallet);
    if (!verified.ok) broken.push(`the ledger of ${customerId} does not verify`);
    for await (const entry of all((page) => credits.ledger({ ...wallet, ...page }))) {
      totals.entries++;
      book(months, entry);
    }
    for await (const grant of all((page) => credits.grants({ ...wallet, ...page })))
      totals.deferredByGrants = totals.deferredByGrants.plus(grant.deferred?.amount ?? ZERO);
    const { available, overdraft } = await credits.balance(wallet);
    totals.available = totals.available.plus(available);
    totals.owed = totals.owed.plus(overdraft);
  }
  const sorted = [...months]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, sums]) => ({ month, ...sums }));
  const deferred = sorted.reduce(
    (sum, { billed, recognised, breakage }) => sum.plus(billed).minus(recognised).minus(breakage),
    ZERO,
  );
  if (!deferred.equals(totals.deferredByGrants))
    broken.push(
      `${deferred.toFixed(2)} are deferred by the months, ${totals.deferredByGrants.toFixed(2)} by the grants`,
    );
  return { months: sorted, deferred, broken, ...totals };
}

type Entry = Awaited<ReturnType<YearEngine["ledger"]>>["items"][number];

/** What moves between two grants of one wallet is no money of the month. */
function book(months: Map<string, Sums>, { type, account, amount, cost, recordedAt }: Entry): void {
  if (account !== "grant") return;
  const month = recordedAt.toISOString().slice(0, 7);
  const sums = months.get(month) ?? { billed: ZERO, recognised: ZERO, breakage: ZERO, promotional: ZERO };
  months.set(month, sums);
  const money = new Decimal(cost?.amount ?? 0);
  switch (type) {
    case "granted":
      sums.billed = sums.billed.plus(money);
      return;
    case "consumed":
    case "overdraft_settled":
      sums.recognised = sums.recognised.minus(money);
      if (cost === null) sums.promotional = sums.promotional.minus(amount);
      return;
    case "expired":
    case "voided":
      sums.breakage = sums.breakage.minus(money);
      return;
    default:
      return;
  }
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** All items of a listing, page by page. */
async function* all<Item>(
  list: (page: { readonly limit: number; readonly after?: string }) => Promise<Page<Item>>,
): AsyncIterable<Item> {
  let after: string | null = null;
  do {
    const page: Page<Item> = await list({ limit: PAGE, ...(after === null ? {} : { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== null);
}
