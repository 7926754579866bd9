/** What must hold of the reports of any history, told by what callers can read. */
import { type Catalog, type CreditEngine, Decimal } from "coffer";
import {
  type RevenueGroup,
  type RevenueReport,
  type RevenueRow,
  journal,
  revenueReport,
} from "coffer/finance";
import { listOf } from "./support.js";

export interface WalletName {
  readonly customerId: string;
  readonly currency: string;
  readonly scope?: string | undefined;
}

type Reads = Pick<CreditEngine<Catalog>, "runDue" | "ledger" | "grants">;

const FLOWS = ["billed", "recognised", "breakage", "refunded", "movedIn", "movedOut", "overage"] as const;
const GROUPINGS: readonly (readonly RevenueGroup[])[] = [
  ["month"],
  ["customer"],
  ["feature"],
  ["plan"],
  ["source"],
  ["month", "feature"],
  ["customer", "source", "month", "creditCurrency", "plan", "feature"],
];

/** What is broken; empty: the reports hold. @param bounds Instants in order, the first before all, the last after all. */
export async function brokenLaws(
  credits: Reads,
  wallets: readonly WalletName[],
  bounds: readonly number[],
): Promise<readonly string[]> {
  const [from = 0, to = 0] = [bounds[0], bounds.at(-1)];
  const whole = await revenueReport(credits, { from, to });
  return [
    ...unbalancedRows(whole.totals),
    ...(await differsFromGrants(credits, wallets, whole)),
    ...(await differsFromLedger(credits, wallets, whole)),
    ...(await differsInGroups(credits, whole)),
    ...(await differsInSpans(credits, whole, bounds)),
    ...(await differsFromJournal(credits, whole)),
  ];
}

function unbalancedRows(rows: readonly RevenueRow[]): readonly string[] {
  return rows.flatMap((row) => {
    const { opening, billed, recognised, breakage, refunded, movedIn, movedOut, attributed, closing } = row;
    const end = opening.plus(billed).minus(recognised).minus(breakage).minus(refunded);
    const isBalanced = end.plus(movedIn).minus(movedOut).plus(attributed).equals(closing);
    const isNegative = [opening, billed, refunded, movedIn, movedOut, closing].some((sum) =>
      sum.isNegative(),
    );
    return isBalanced && !isNegative ? [] : [`a row does not hold: ${JSON.stringify(row)}`];
  });
}

type Sums = Map<string, Decimal>;

function addTo(sums: Sums, key: string, amount: Decimal): void {
  sums.set(key, (sums.get(key) ?? new Decimal(0)).plus(amount));
}

/** @param rows Of a report, by money and column. */
function sumsOf(rows: readonly RevenueRow[], columns: readonly (keyof RevenueRow)[]): Sums {
  const sums: Sums = new Map();
  for (const row of rows)
    for (const column of columns) addTo(sums, `${row.currency} ${column}`, row[column] as Decimal);
  return sums;
}

function differences(what: string, found: Sums, wanted: Sums): readonly string[] {
  const keys = [...new Set([...found.keys(), ...wanted.keys()])];
  const at = (sums: Sums, key: string) => (sums.get(key) ?? new Decimal(0)).toFixed();
  return keys.flatMap((key) =>
    at(found, key) === at(wanted, key)
      ? []
      : [`${what}: ${key} is ${at(found, key)}, not ${at(wanted, key)}`],
  );
}

/** Per grant cost = deferred + recognised + breakage + refunded + moved, and the report has their sums. */
async function differsFromGrants(
  credits: Reads,
  wallets: readonly WalletName[],
  { totals }: RevenueReport,
): Promise<readonly string[]> {
  const wanted: Sums = new Map();
  const broken: string[] = [];
  for (const wallet of wallets) {
    const { items } = await credits.grants({ ...wallet, limit: 1_000 });
    for (const { id, cost, deferred, recognised, breakage, refundedCost, movedCost } of items) {
      if (cost === null) continue;
      const parts = { closing: deferred, recognised, breakage, refunded: refundedCost, movedOut: movedCost };
      let sum = new Decimal(0);
      for (const [column, part] of Object.entries(parts)) {
        const amount = part?.amount ?? new Decimal(0);
        if (amount.isNegative()) broken.push(`${id}: ${column} is ${amount.toFixed()}`);
        sum = sum.plus(amount);
        addTo(wanted, `${cost.currency} ${column}`, amount);
      }
      if (!sum.equals(cost.amount))
        broken.push(`${id} cost ${cost.amount.toFixed()} and sums to ${sum.toFixed()}`);
    }
  }
  const columns = ["closing", "recognised", "breakage", "refunded", "movedOut"] as const;
  return [...broken, ...differences("grants", sumsOf(totals, columns), wanted)];
}

const COLUMN_OF: Readonly<Record<string, readonly [column: string, sign: 1 | -1]>> = {
  granted: ["billed", 1],
  consumed: ["recognised", -1],
  overdraft_settled: ["recognised", -1],
  reversed: ["recognised", -1],
  expired: ["breakage", -1],
  voided: ["breakage", -1],
  adjusted: ["breakage", -1],
  expiry_reversed: ["breakage", -1],
  refunded: ["refunded", -1],
  transferred_out: ["movedOut", -1],
  transferred_in: ["movedIn", 1],
};

/** By month, as a person would who reads the ledgers entry by entry. */
async function differsFromLedger(
  credits: Reads,
  wallets: readonly WalletName[],
  { totals }: RevenueReport,
): Promise<readonly string[]> {
  const wanted: Sums = new Map();
  for (const wallet of wallets) {
    const { items } = await credits.ledger({ ...wallet, limit: 1_000 });
    for (const { type, account, cost, amount } of items) {
      if (cost === null) continue;
      const rolled = amount.isNegative() ? (["movedOut", -1] as const) : (["movedIn", 1] as const);
      const [column, sign] = account === "overage" ? (["overage", -1] as const) : (COLUMN_OF[type] ?? rolled);
      addTo(wanted, `${cost.currency} ${column}`, cost.amount.times(sign));
    }
  }
  return differences("ledgers", sumsOf(totals, FLOWS), wanted);
}

async function differsInGroups(
  credits: Reads,
  { from, to, totals }: RevenueReport,
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const groupBy of GROUPINGS) {
    const { rows, totals: again } = await revenueReport(credits, { from, to, groupBy });
    broken.push(...unbalancedRows(rows));
    const columns = [...FLOWS, "attributed"] as const;
    const name = `by ${groupBy.join(" and ")}`;
    broken.push(...differences(name, sumsOf(rows, columns), sumsOf(totals, columns)));
    if (JSON.stringify(again) !== JSON.stringify(totals))
      broken.push(`${name}: ${JSON.stringify(again)}, not ${JSON.stringify(totals)}`);
    if (groupBy.includes("month")) continue;
    broken.push(...differences(name, sumsOf(rows, ["closing"]), sumsOf(totals, ["closing"])));
  }
  return broken;
}

/** The whole is the sum of its spans, and each begins with what the one before has left. */
async function differsInSpans(
  credits: Reads,
  { totals }: RevenueReport,
  bounds: readonly number[],
): Promise<readonly string[]> {
  const broken: string[] = [];
  const sums: Sums = new Map();
  let left: Sums = new Map();
  for (const [index, to] of bounds.slice(1).entries()) {
    const from = bounds[index] ?? 0;
    const { totals: rows } = await revenueReport(credits, { from, to });
    broken.push(...unbalancedRows(rows));
    const renamed = rows.map((row) => ({ ...row, closing: row.opening }));
    broken.push(...differences(`from ${from}`, sumsOf(renamed, ["closing"]), left));
    left = sumsOf(rows, ["closing"]);
    for (const [key, amount] of sumsOf(rows, FLOWS)) addTo(sums, key, amount);
  }
  broken.push(...differences("spans", sums, sumsOf(totals, FLOWS)));
  return [...broken, ...differences("the end", left, sumsOf(totals, ["closing"]))];
}

async function differsFromJournal(
  credits: Reads,
  { from, to, totals }: RevenueReport,
): Promise<readonly string[]> {
  const broken: string[] = [];
  const balances: Sums = new Map();
  const lines = await listOf(journal(credits, { from, to }));
  for (let place = 0; place < lines.length; place += 2) {
    const [debit, credit] = [lines[place], lines[place + 1]];
    const isBalanced =
      debit?.entryId === credit?.entryId &&
      credit !== undefined &&
      debit?.amount.plus(credit.amount).isZero();
    if (isBalanced !== true) broken.push(`${debit?.entryId} does not balance`);
  }
  const columnOf: Readonly<Record<string, string>> = {
    "Income:Usage": "recognised",
    "Income:Breakage": "breakage",
    "Income:Overage": "overage",
    "Liabilities:Refunds": "refunded",
    "Liabilities:DeferredRevenue": "closing",
  };
  for (const { account, amount, currency } of lines) {
    const column = columnOf[account];
    if (column !== undefined) addTo(balances, `${currency} ${column}`, amount.negated());
  }
  const columns = Object.values(columnOf) as (keyof RevenueRow)[];
  return [...broken, ...differences("journal", balances, sumsOf(totals, columns))];
}
