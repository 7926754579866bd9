import type { Tally } from "./book.js";
import type { Named, PriceRow, Report, WalletRow } from "./report.js";
import type { CreditUse, Revenue } from "./revenue.js";
import { renderTable } from "./table.js";
import type { Column } from "./table.js";

const NAME: Column<Named<unknown>> = { title: "", of: ({ name }) => name };

const PRICES: readonly Column<PriceRow>[] = [
  { title: "model", of: (price) => price.model },
  { title: "provider", of: (price) => price.provider },
  { title: "input $", of: (price) => price.inputUsd, places: 2 },
  { title: "output $", of: (price) => price.outputUsd, places: 2 },
  { title: "input credits", of: (price) => price.inputCredits },
  { title: "output credits", of: (price) => price.outputCredits },
];

const TALLIES: readonly Column<Named<Tally>>[] = [
  NAME,
  { title: "requests", of: (tally) => tally.requests },
  { title: "charged", of: (tally) => tally.charged },
  { title: "denied", of: (tally) => tally.denied },
  { title: "failed", of: (tally) => tally.failed },
  { title: "duplicates", of: (tally) => tally.duplicates },
  { title: "input tokens", of: (tally) => tally.inputTokens },
  { title: "output tokens", of: (tally) => tally.outputTokens },
  { title: "credits charged", of: (tally) => tally.credits },
  { title: "not covered", of: (tally) => tally.shortfall },
];

const CREDITS: readonly Column<Named<CreditUse>>[] = [
  NAME,
  { title: "bought", of: (use) => use.bought },
  { title: "given", of: (use) => use.given },
  { title: "moved in", of: (use) => use.movedIn },
  { title: "paid used", of: (use) => use.paidUsed },
  { title: "promo used", of: (use) => use.promotionalUsed },
  { title: "expired", of: (use) => use.expired },
  { title: "refunded", of: (use) => use.refunded },
  { title: "moved out", of: (use) => use.movedOut },
  { title: "owed", of: (use) => use.owed },
  { title: "balance", of: (use) => use.balance },
];

const REVENUE: readonly Column<Named<Revenue>>[] = [
  NAME,
  { title: "sold", of: (revenue) => revenue.sold, places: 2 },
  { title: "moved in", of: (revenue) => revenue.movedIn, places: 2 },
  { title: "recognised", of: (revenue) => revenue.recognised, places: 2 },
  { title: "deferred", of: (revenue) => revenue.deferred, places: 2 },
  { title: "breakage", of: (revenue) => revenue.breakage, places: 2 },
  { title: "refunded", of: (revenue) => revenue.refunded, places: 2 },
  { title: "moved out", of: (revenue) => revenue.movedOut, places: 2 },
  { title: "overage billed", of: (revenue) => revenue.overageBilled, places: 2 },
  { title: "overage credits", of: (revenue) => revenue.overageCredits },
  { title: "promo credits", of: (revenue) => revenue.promotionalCredits },
];

const WALLETS: readonly Column<WalletRow>[] = [
  NAME,
  { title: "entries", of: (wallet) => wallet.entries },
  { title: "ledger", of: (wallet) => (wallet.verified ? "verified" : "BROKEN") },
  { title: "head", of: (wallet) => wallet.head },
];

/** A report as tables for a person. */
export function printReport(report: Report): string {
  const { prices, customers, models, total, credits, creditsTotal, revenue, revenueTotal, wallets } = report;
  const sections = [
    printHeading(report),
    ["Prices per million tokens", ...renderTable(PRICES, prices.models)],
    ["Requests by customer", ...renderTable(TALLIES, customers, { name: "total", ...total })],
    ["Requests by model", ...renderTable(TALLIES, models, { name: "total", ...total })],
    [
      "Credits: bought + given + moved in − used − expired − refunded − moved out − owed = balance",
      ...renderTable(CREDITS, credits, { name: "total", ...creditsTotal }),
    ],
    [
      "Revenue in USD: sold + moved in = recognised + deferred + breakage + refunded + moved out; overage is on top",
      ...renderTable(REVENUE, revenue, { name: "total", ...revenueTotal }),
    ],
    ["Ledgers", ...renderTable(WALLETS, wallets), "", `All ledgers, one hash: ${report.proof}`],
    printAudit(report),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function printHeading({ workload, prices, total }: Report): readonly string[] {
  const markup = `${prices.markup.times(100).toFixed()} % markup`;
  return [
    `${total.requests.toLocaleString("en-US")} requests: ${workload.source}`,
    `${workload.from.toISOString()} to ${workload.to.toISOString()}`,
    `Prices: ${prices.source}, as of ${prices.asOf}, ${markup}; 1 credit = $${prices.usdPerCredit.toFixed()}`,
  ];
}

function printAudit({ wallets, broken }: Report): readonly string[] {
  const entries = wallets.reduce((sum, wallet) => sum + wallet.entries, 0);
  const scope = `${entries.toLocaleString("en-US")} ledger entries of ${wallets.length} wallets`;
  if (broken.length === 0) return [`Audit: every invariant holds over ${scope}.`];
  const count = broken.length === 1 ? "1 invariant is" : `${broken.length} invariants are`;
  return [`Audit: ${count} broken, over ${scope}.`, ...broken.map((finding) => `- ${finding}`)];
}
