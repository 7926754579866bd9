import type { Decimal } from "coffer";
import { type RevenueReport, journal, revenueReport } from "coffer/finance";
import { ZERO, sumOf } from "../sums.js";
import type { YearEngine } from "./engine.js";

export interface Books {
  /** The year by months, in dollars: all that this SaaS takes. */
  readonly report: RevenueReport;
  /** Paid for and neither used nor lost yet, by the grants. */
  readonly deferredByGrants: Decimal;
  /** Each account of the journal and its balance, debits positive. */
  readonly balances: ReadonlyMap<string, Decimal>;
  readonly entries: number;
  readonly available: Decimal;
  readonly owed: Decimal;
  readonly broken: readonly string[];
}

export const YEAR = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) } as const;

const PAGE = 1_000;

/** Verifies each ledger, and asks for the year's report and its journal, which must agree with each other and the grants. */
export async function booksOf(credits: YearEngine, customers: readonly string[]): Promise<Books> {
  const totals = { deferredByGrants: ZERO, entries: 0, available: ZERO, owed: ZERO };
  const broken: string[] = [];
  for (const customerId of customers) {
    const wallet = { customerId, currency: "credits" } as const;
    const verified = await credits.verifyLedger(wallet);
    if (!verified.ok) broken.push(`the ledger of ${customerId} does not verify`);
    totals.entries += verified.entries;
    totals.deferredByGrants = totals.deferredByGrants.plus(await deferredOf(credits, customerId));
    const { available, overdraft } = await credits.balance(wallet);
    totals.available = totals.available.plus(available);
    totals.owed = totals.owed.plus(overdraft);
  }
  const report = await revenueReport(credits, { ...YEAR, groupBy: ["month"] });
  const balances = await balancesOf(credits);
  broken.push(...differences(report, balances, totals.deferredByGrants));
  return { report, balances, broken, ...totals };
}

async function deferredOf(credits: YearEngine, customerId: string): Promise<Decimal> {
  let deferred = ZERO;
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<YearEngine["grants"]>> = await credits.grants({
      customerId,
      currency: "credits",
      limit: PAGE,
      ...(after === null ? {} : { after }),
    });
    deferred = deferred.plus(sumOf(page.items, (grant) => grant.deferred?.amount));
    after = page.next;
  } while (after !== null);
  return deferred;
}

async function balancesOf(credits: YearEngine): Promise<ReadonlyMap<string, Decimal>> {
  const balances = new Map<string, Decimal>();
  for await (const { account, amount } of journal(credits, YEAR))
    balances.set(account, (balances.get(account) ?? ZERO).plus(amount));
  return new Map([...balances].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The report, the journal and the grants are three ways to the same money. */
function differences(
  { totals }: RevenueReport,
  balances: ReadonlyMap<string, Decimal>,
  deferredByGrants: Decimal,
): readonly string[] {
  const [total] = totals;
  if (total === undefined || totals.length !== 1) return ["the year was not paid for in one money"];
  const { billed, recognised, breakage, refunded, closing, currency } = total;
  const pairs = [
    ["deferred by the grants", closing, deferredByGrants],
    ["billed", billed, balances.get("Assets:Receivable")],
    ["deferred", closing, balances.get("Liabilities:DeferredRevenue")?.negated()],
    ["recognised", recognised, balances.get("Income:Usage")?.negated()],
    ["breakage", breakage, balances.get("Income:Breakage")?.negated()],
    ["refunded", refunded, balances.get("Liabilities:Refunds")?.negated()],
    ["out of balance", ZERO, sumOf(balances.values(), (amount) => amount)],
  ] as const;
  return pairs.flatMap(([what, wanted, found = ZERO]) =>
    found.equals(wanted)
      ? []
      : [`${what}: ${found.toFixed(2)} ${currency}, and ${wanted.toFixed(2)} by the report`],
  );
}
