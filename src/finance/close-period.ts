import { createHash } from "node:crypto";
import * as z from "zod";
import { idSchema, instantSchema, textSchema } from "../catalog/inputs.js";
import { MAX_INSTANT } from "../core/calendar.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { EngineDoor } from "../engine/door.js";
import { LONGEST_REASON } from "../engine/request-schemas.js";
import type { FinanceSource } from "./api.js";
import { HeadWriter } from "./head-writer.js";
import { parseOptions } from "./options.js";
import { doorOf } from "../engine/reach-door.js";
import type { ClosePeriodRequest, ClosedPeriod } from "./periods-api.js";
import { plainReport, reportFrom } from "./plain-report.js";
import { reportOf } from "./report.js";
import { type ReportOptions, reportFields, reportOptions } from "./report-options.js";
import { PERIODS, PERIOD_KIND, type StoredPeriod, sealBook } from "./seal-book.js";

const VERB = "closePeriod";

const closeSchema = z.strictObject({
  to: instantSchema,
  groupBy: reportFields.groupBy,
  actor: idSchema,
  reason: textSchema(LONGEST_REASON),
});
type Input = z.output<typeof closeSchema>;

/** What one record of a store certainly holds. */
const MOST_ROWS = 500;
/** Others that close at the same time: each try begins where the last of them ended. */
const MOST_TRIES = 10;

/**
 * Closes the books up to an instant: seals the report of everything since the last close, with the number and hash of the
 * last ledger entry that it counts in each wallet. From then on no report of a time before `to` changes: whatever is
 * still written with an instant in the period – by a process whose clock is behind – counts at `to`, the first instant of
 * the period that is open.
 *
 * To close again up to the same instant returns what was sealed. Two processes that close at once seal once; one that dies
 * half-way has closed nothing.
 *
 * @throws CreditError `invalid_input` for an end in the future, or before the last close; `over_limit` for a report of
 *   more than 500 rows; `store_unavailable` where the store did not answer in time.
 * @example
 * ```ts
 * import { closePeriod } from "coffer/finance";
 *
 * const { report, heads } = await closePeriod(credits, {
 *   to: "2026-02-01T00:00:00Z",
 *   actor: "controller@books.example",
 *   reason: "January 2026",
 * });
 * console.log(report.totals, heads);
 * ```
 */
export async function closePeriod(
  credits: FinanceSource,
  request: ClosePeriodRequest,
): Promise<ClosedPeriod> {
  const door = doorOf(credits, VERB);
  const input = parseOptions(closeSchema, request, VERB);
  const now = door.now();
  if (input.to > now)
    throw invalidInput(
      `${VERB}: \`to\` (${new Date(input.to).toISOString()}) lies in the future; what happens until then is not known. Close when it has passed.`,
      { field: "to" },
    );
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const sealed = await seal(door, input, now);
    if (sealed !== null) return presentPeriod(sealed);
  }
  throw new CreditError("store_conflict", `${VERB}: others close periods all the time. Try again.`);
}

/** Null: another period was closed meanwhile. */
async function seal(
  door: EngineDoor,
  { to, groupBy = [], actor, reason }: Input,
  closedAt: number,
): Promise<StoredPeriod | null> {
  const book = await sealBook(door);
  const known = book.periods.find((period) => period.to === to);
  if (known !== undefined) return known;
  const last = book.periods.at(-1)?.to ?? null;
  if (last !== null && to < last)
    throw invalidInput(
      `${VERB}: the books are closed up to ${new Date(last).toISOString()} already; \`to\` (${new Date(to).toISOString()}) must come after it.`,
      { field: "to" },
    );
  const options = periodOptions(last, to, groupBy);
  await door.books.writeDue(to);
  const attempt = door.books.newId();
  const heads = new HeadWriter(door, attempt);
  const hash = createHash("sha256");
  const report = await reportOf(door, options, book, async ({ wallet, last: entry }) => {
    if (entry === null) return;
    const { part } = wallet.key;
    const head = [wallet.key.id, entry.seq, Buffer.from(entry.hash).toString("hex")] as const;
    hash.update(headLine(part, head));
    await heads.put(part, head);
  });
  if (report.rows.length + report.promotional.length > MOST_ROWS)
    throw new CreditError(
      "over_limit",
      `${VERB}: the report has ${report.rows.length + report.promotional.length} rows; ${MOST_ROWS} can be sealed. Leave groups out of \`groupBy\`: revenueReport gives them of a closed period, too.`,
      { limit: MOST_ROWS },
    );
  await heads.flush();
  return write(door, book.periods.length, {
    from: last,
    to,
    closedAt,
    attempt,
    actor,
    reason,
    heads: hash.digest("hex"),
    wallets: heads.count,
    report: plainReport(report),
  });
}

export function periodOptions(
  from: number | null,
  to: number,
  groupBy: ReportOptions["groupBy"],
): ReportOptions {
  return reportOptions({ from: from ?? -MAX_INSTANT, to, groupBy }, VERB);
}

export function headLine(part: number, [wallet, seq, hash]: readonly [string, number, string]): string {
  return `${part} ${wallet} ${seq} ${hash}\n`;
}

const PLACE_DIGITS = 6;

/** The place in the row of periods is taken once: by whoever writes it first, unless it is this very period again. */
async function write(door: EngineDoor, place: number, period: StoredPeriod): Promise<StoredPeriod | null> {
  const id = String(place).padStart(PLACE_DIGITS, "0");
  let written: StoredPeriod = period;
  await door.change(
    PERIODS,
    ({ asked }) => {
      const [taken] = asked;
      written = taken === undefined ? period : (JSON.parse(taken.data) as StoredPeriod);
      if (taken !== undefined) return [];
      return [{ kind: PERIOD_KIND, id, open: false, data: JSON.stringify(period) }];
    },
    [{ kind: PERIOD_KIND, id }],
  );
  return written.to === period.to ? written : null;
}

export function presentPeriod({
  from,
  to,
  closedAt,
  actor,
  reason,
  wallets,
  heads,
  report,
}: StoredPeriod): ClosedPeriod {
  return {
    from: from === null ? null : new Date(from),
    to: new Date(to),
    closedAt: new Date(closedAt),
    actor,
    reason,
    wallets,
    heads,
    report: reportFrom(report),
  };
}
