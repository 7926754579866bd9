import type { BookDoor } from "../engine/book-door.js";
import type { EngineDoor } from "../engine/door.js";
import type { FinanceSource, RevenueReport, RevenueReportRequest } from "./api.js";
import { Groups } from "./groups.js";
import { inOrder } from "./in-order.js";
import { ledgerChunks } from "./ledger-stream.js";
import { doorOf } from "../engine/reach-door.js";
import { type ReportOptions, parseReport } from "./report-options.js";
import { type SealBook, sealBook } from "./seal-book.js";
import { WalletTally } from "./wallet-tally.js";

/**
 * Sums the ledger up by groups: what was deferred at the start, what came and went, and what is deferred at the end. What
 * time has made due by then is written first.
 *
 * Memory grows with the groups, not with the entries: a month of ten million is read page by page.
 *
 * @throws CreditError `invalid_input` for what is no engine, no span or no group; `over_limit` by months for a span of more
 *   than 1,200 of them; `store_unavailable` where the store did not answer in time.
 * @example
 * ```ts
 * import { revenueReport } from "coffer/finance";
 *
 * const report = await revenueReport(credits, {
 *   from: "2026-01-01T00:00:00Z",
 *   to: "2026-02-01T00:00:00Z",
 *   groupBy: ["month", "feature"],
 * });
 * for (const { feature, currency, recognised } of report.rows)
 *   console.log(`${feature ?? "no feature"}: ${recognised.toFixed(2)} ${currency}`);
 * ```
 */
export async function revenueReport(
  credits: FinanceSource,
  request: RevenueReportRequest,
): Promise<RevenueReport> {
  const door = doorOf(credits, "revenueReport");
  const options = parseReport(request, "revenueReport");
  await door.books.writeDue(options.to);
  return reportOf(door, options, await sealBook(door));
}

/** @param each Is told of each wallet as it is added, part by part. */
export async function reportOf(
  { books, parts }: EngineDoor,
  options: ReportOptions,
  seals: SealBook,
  each?: (tally: WalletTally) => Promise<void>,
): Promise<RevenueReport> {
  const groups = new Groups(options);
  let entries = 0;
  const all = inOrder(parts, (part) => tallies(books, options, { part, seals }));
  for await (const tally of all) {
    entries += tally.entries;
    for (const grant of tally.grants.values()) groups.add(tally.wallet, grant);
    await each?.(tally);
  }
  return {
    from: new Date(options.from),
    to: new Date(options.to),
    groupBy: options.groupBy,
    rows: groups.rows(),
    totals: groups.totals(),
    promotional: groups.promotional(),
    entries,
  };
}

/** What each wallet of a part adds. */
async function* tallies(
  books: BookDoor,
  options: ReportOptions,
  { part, seals: book }: { readonly part: number; readonly seals: SealBook },
): AsyncGenerator<WalletTally> {
  const { groupBy, breakageRate, from } = options;
  const byFeature = groupBy.includes("feature");
  const withFacts = groupBy.includes("plan") || groupBy.includes("source") || breakageRate !== null;
  const { seals } = book;
  const sealedOf = await book.sealedIn(part);
  let tally: WalletTally | undefined;
  const stream = ledgerChunks(books, { part, from, to: null, withGrants: true, seals, sealedOf });
  for await (const { wallet, entries, isLast } of stream) {
    tally ??= new WalletTally(wallet, options, byFeature, withFacts);
    for (const entry of entries) tally.add(entry);
    if (isLast && withFacts) await tally.learn(books, seals);
    await tally.resolveReversals(books);
    if (!isLast) continue;
    yield tally;
    tally = undefined;
  }
}
