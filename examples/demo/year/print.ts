import { Decimal } from "coffer";
import type { RevenueReport, RevenueRow } from "coffer/finance";
import { ZERO, sumOf } from "../sums.js";
import { renderTable } from "../table.js";
import type { Year, YearOptions } from "./run.js";

/** The year as text: what happened, the money by month, what is left, and whether it all holds. */
export function printYear(
  { customers, seed }: YearOptions,
  { deeds, uses, denied, books, events, delivered }: Year,
): string {
  const { report, deferredByGrants, balances, entries, available, owed, broken } = books;
  const [total] = report.totals;
  const lines = [
    `A year of ${figure(customers)} customers (seed ${seed})`,
    "",
    "What they did",
    ...renderTable(
      [
        { title: "Deed", of: ([deed]) => deed },
        { title: "Times", of: ([, times]) => times },
      ],
      [...deeds, ["used", uses] as const, ["denied", denied] as const].sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    "",
    "Events, and those that a local receiver was told by webhooks",
    ...renderTable(
      [
        { title: "Type", of: ([type]) => type },
        { title: "Events", of: ([, count]) => count },
        { title: "Delivered", of: ([type]) => delivered.get(type) ?? 0 },
      ],
      [...events].sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    "",
    "Revenue by month, in dollars",
    ...renderTable<Month>(
      [
        { title: "Month", of: ({ month }) => month ?? "2026" },
        { title: "Opening", of: ({ opening }) => opening, places: 2 },
        { title: "Billed", of: ({ billed }) => billed, places: 2 },
        { title: "Recognised", of: ({ recognised }) => recognised, places: 2 },
        { title: "Breakage", of: ({ breakage }) => breakage, places: 2 },
        { title: "Refunded", of: ({ refunded }) => refunded, places: 2 },
        { title: "Deferred", of: ({ closing }) => closing, places: 2 },
        { title: "Promotional credits used", of: ({ promotional }) => promotional, places: 2 },
      ],
      report.rows.map((row) => ({ ...row, promotional: promotionalIn(report, row.month) })),
      total && { ...total, promotional: promotionalIn(report) },
    ),
    "",
    "Balances of the journal, in dollars: debits, and credits below zero",
    ...renderTable<readonly [string, Decimal]>(
      [
        { title: "Account", of: ([account]) => account },
        { title: "Balance", of: ([, balance]) => balance, places: 2 },
      ],
      [...balances],
    ),
    "",
    `Credits available at the end: ${figure(available)}; owed: ${figure(owed)}`,
    `Ledger entries: ${figure(entries)}, of ${figure(customers)} wallets, each verified`,
    `Deferred by the report ${(total?.closing ?? ZERO).toFixed(2)}, by the grants ${deferredByGrants.toFixed(2)}`,
    broken.length === 0 ? "Every invariant holds." : `${broken.length} invariants are broken.`,
    "",
  ];
  return lines.join("\n");
}

interface Month extends RevenueRow {
  /** Promotional credits that were used. */
  readonly promotional: Decimal;
}

function promotionalIn({ promotional }: RevenueReport, month?: string): Decimal {
  return sumOf(promotional, (use) => (month === undefined || use.month === month ? use.used : undefined));
}

function figure(value: number | Decimal): string {
  return new Decimal(value).toNumber().toLocaleString("en-US");
}
