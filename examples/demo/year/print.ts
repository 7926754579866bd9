import { Decimal } from "coffer";
import { ZERO, sumOf } from "../sums.js";
import { renderTable } from "../table.js";
import type { Month } from "./books.js";
import type { Year, YearOptions } from "./run.js";

/** The year as text: what happened, the money by month, what is left, and whether it all holds. */
export function printYear(
  { customers, seed }: YearOptions,
  { deeds, uses, denied, books, events, delivered }: Year,
): string {
  const { months, deferred, deferredByGrants, entries, available, owed, broken } = books;
  const total: Month = {
    month: "2026",
    billed: sumOf(months, ({ billed }) => billed),
    recognised: sumOf(months, ({ recognised }) => recognised),
    breakage: sumOf(months, ({ breakage }) => breakage),
    promotional: sumOf(months, ({ promotional }) => promotional),
  };
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
    ...renderTable<Month & { readonly deferred?: Decimal }>(
      [
        { title: "Month", of: ({ month }) => month },
        { title: "Billed", of: ({ billed }) => billed, places: 2 },
        { title: "Recognised", of: ({ recognised }) => recognised, places: 2 },
        { title: "Breakage", of: ({ breakage }) => breakage, places: 2 },
        { title: "Deferred", of: (row) => row.deferred ?? ZERO, places: 2 },
        { title: "Promotional credits used", of: ({ promotional }) => promotional, places: 2 },
      ],
      withDeferred(months),
      { ...total, deferred },
    ),
    "",
    `Credits available at the end: ${figure(available)}; owed: ${figure(owed)}`,
    `Ledger entries: ${figure(entries)}, of ${figure(customers)} wallets, each verified`,
    `Deferred by the months ${deferred.toFixed(2)}, by the grants ${deferredByGrants.toFixed(2)}`,
    broken.length === 0 ? "Every invariant holds." : `${broken.length} invariants are broken.`,
    "",
  ];
  return lines.join("\n");
}

function withDeferred(months: readonly Month[]): readonly (Month & { readonly deferred: Decimal })[] {
  let deferred = ZERO;
  return months.map((month) => {
    deferred = deferred.plus(month.billed).minus(month.recognised).minus(month.breakage);
    return { ...month, deferred };
  });
}

function figure(value: number | Decimal): string {
  return new Decimal(value).toNumber().toLocaleString("en-US");
}
