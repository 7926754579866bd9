import { createHash } from "node:crypto";
import * as z from "zod";
import { instantSchema } from "../catalog/inputs.js";
import { invalidInput } from "../core/errors.js";
import type { EngineDoor } from "../engine/door.js";
import type { FinanceSource } from "./api.js";
import { headLine, periodOptions, presentPeriod } from "./close-period.js";
import { parseOptions } from "./options.js";
import { doorOf } from "../engine/reach-door.js";
import type { ClosedPeriod, PeriodVerification, VerifyPeriodRequest } from "./periods-api.js";
import { type PlainReport, plainReport } from "./plain-report.js";
import { reportOf } from "./report.js";
import {
  HEADS_KIND,
  type SealBook,
  type SealedHead,
  type StoredHeads,
  type StoredPeriod,
  headsOf,
  recordsOf,
  sealBook,
} from "./seal-book.js";

/**
 * The periods that were closed, oldest first, each with its sealed report.
 *
 * @throws CreditError `invalid_input` for what is no engine; `store_unavailable` where the store did not answer in time.
 * @example
 * ```ts
 * import { closedPeriods } from "coffer/finance";
 *
 * for (const { to, actor, reason } of await closedPeriods(credits)) console.log(to.toISOString(), actor, reason);
 * ```
 */
export async function closedPeriods(credits: FinanceSource): Promise<readonly ClosedPeriod[]> {
  const { periods } = await sealBook(doorOf(credits, "closedPeriods"));
  return periods.map(presentPeriod);
}

const VERB = "verifyPeriod";
const verifySchema = z.strictObject({ to: instantSchema });

/**
 * Makes the report of a closed period anew from the ledger and compares it with what was sealed: the heads of the ledgers,
 * and every sum. Whether the entries themselves are as they were written says `verifyLedger`, whose last hash before the
 * period's end stands under this seal.
 *
 * @throws CreditError `invalid_input` where no period was closed at `to`; `store_unavailable` where the store did not answer in
 *   time.
 * @example
 * ```ts
 * import { verifyPeriod } from "coffer/finance";
 *
 * const verified = await verifyPeriod(credits, { to: "2026-02-01T00:00:00Z" });
 * if (!verified.ok) console.log(verified.problem);
 * ```
 */
export async function verifyPeriod(
  credits: FinanceSource,
  request: VerifyPeriodRequest,
): Promise<PeriodVerification> {
  const door = doorOf(credits, VERB);
  const { to } = parseOptions(verifySchema, request, VERB);
  const book = await sealBook(door);
  const period = book.periods.find((one) => one.to === to);
  if (period === undefined)
    throw invalidInput(
      `${VERB}: no period was closed at ${new Date(to).toISOString()}. Give the \`to\` of one that closedPeriods lists.`,
      { field: "to" },
    );
  const problem = await problemOf(door, book, period);
  if (problem !== null) return { ok: false, problem };
  return { ok: true, wallets: period.wallets, entries: period.report.entries };
}

async function problemOf(door: EngineDoor, book: SealBook, period: StoredPeriod): Promise<string | null> {
  const stored = createHash("sha256");
  for (let part = 0; part < door.parts; part++)
    for (const head of await headsIn(door, part, period)) stored.update(headLine(part, head));
  if (stored.digest("hex") !== period.heads)
    return "the sealed heads of the ledgers are not those that were sealed";
  const found = createHash("sha256");
  const options = periodOptions(period.from, period.to, period.report.groupBy);
  const report = await reportOf(door, options, book, async ({ wallet: { key }, last }) => {
    if (last === null) return;
    found.update(headLine(key.part, [key.id, last.seq, Buffer.from(last.hash).toString("hex")]));
  });
  if (found.digest("hex") !== period.heads)
    return "the ledgers do not end the period with the entries that were sealed";
  return comparable(plainReport(report)) === comparable(period.report)
    ? null
    : "the ledger sums to another report than the one that was sealed";
}

async function headsIn(
  door: EngineDoor,
  part: number,
  { attempt }: StoredPeriod,
): Promise<readonly SealedHead[]> {
  const heads: SealedHead[] = [];
  for await (const { data } of recordsOf(door, headsOf(part), HEADS_KIND)) {
    const stored = JSON.parse(data) as StoredHeads;
    if (stored.attempt === attempt) heads.push(...stored.heads);
  }
  return heads.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Which times reversals concern is told by receipts, and these may have been pruned since. */
function comparable({ rows, totals, ...report }: PlainReport): string {
  return JSON.stringify({ ...report, rows: rows.map(withoutEarlier), totals: totals.map(withoutEarlier) });
}

function withoutEarlier(row: PlainReport["rows"][number]): object {
  return { ...row, earlier: undefined };
}
