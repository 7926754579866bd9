import * as z from "zod";
import { decimalSchema } from "../catalog/inputs.js";
import type { DecimalParts } from "../core/amounts.js";
import { addDuration, startOfUtcMonth } from "../core/calendar.js";
import { toDecimal } from "../core/decimal.js";
import { floorShare, minorPlaces } from "../core/money.js";
import type { GrantRow } from "../store/rows.js";
import type { FinanceSource } from "./api.js";
import { deferredMinor } from "./deferred.js";
import { monthName } from "./groups.js";
import { inOrder } from "./in-order.js";
import { ledgerChunks } from "./ledger-stream.js";
import { parseOptions } from "./options.js";
import { doorOf } from "../engine/reach-door.js";
import { nextMonth, rateOf } from "./report-options.js";
import { NOTHING_SEALED } from "./seals.js";
import type { Waterfall, WaterfallRequest, WaterfallRow } from "./waterfall-api.js";

const VERB = "waterfall";
const MOST_MONTHS = 120;
const waterfallSchema = z.strictObject({
  months: z.int().min(1).max(MOST_MONTHS).optional(),
  byCustomer: z.boolean().optional(),
  breakageRate: decimalSchema.optional(),
  monthsWithoutEnd: z.int().min(1).max(MOST_MONTHS).optional(),
});

interface Plan {
  readonly now: number;
  /** Starts of the months, the first one now, and the end of the last. */
  readonly bounds: readonly number[];
  readonly rate: DecimalParts;
  /** Null: what has no end has no schedule. */
  readonly withoutEndUntil: number | null;
}

/** Minor units by month; the last two places: later, and without an end. */
interface Schedule {
  readonly customer: string | null;
  readonly currency: string;
  readonly recognition: bigint[];
  readonly breakage: bigint[];
  readonly expiring: bigint[];
}

/**
 * What is deferred now and when it is expected to become revenue, month by month: evenly over the time left to each grant
 * (from its start, if that is to come), and at its end what is expected to break. Sums are exact: each grant's money is spread
 * by floors of its running share.
 *
 * @throws CreditError `invalid_input` for options that make no sense; `store_unavailable` where the store did not answer in time.
 * @example
 * ```ts
 * import { waterfall } from "coffer/finance";
 *
 * const { rows } = await waterfall(credits, { months: 6, breakageRate: "0.1" });
 * for (const { month, recognition, expiring, currency } of rows)
 *   console.log(month, recognition.toFixed(2), expiring.toFixed(2), currency);
 * ```
 */
export async function waterfall(credits: FinanceSource, request: WaterfallRequest = {}): Promise<Waterfall> {
  const door = doorOf(credits, VERB);
  const {
    months = 12,
    byCustomer = false,
    breakageRate,
    monthsWithoutEnd,
  } = parseOptions(waterfallSchema, request, VERB);
  const now = door.now();
  const bounds = [now];
  for (let month = 0; month < months; month++) bounds.push(nextMonth(bounds.at(-1) ?? now));
  const plan: Plan = {
    now,
    bounds,
    rate: rateOf(breakageRate, VERB) ?? { digits: 0n, places: 0 },
    withoutEndUntil: monthsWithoutEnd === undefined ? null : addDuration(now, { months: monthsWithoutEnd }),
  };
  await door.books.writeDue(now);
  const schedules = new Map<string, Schedule>();
  const wallets = inOrder(door.parts, (part) => {
    const span = { from: now, to: now, withGrants: true };
    return ledgerChunks(door.books, { part, ...span, seals: NOTHING_SEALED, sealedOf: () => [] });
  });
  for await (const { wallet, isLast } of wallets)
    if (isLast)
      for (const row of wallet.openGrants)
        addGrant(schedules, plan, byCustomer ? wallet.names.customerId : null, row);
  const rows = [...schedules.values()].flatMap((schedule) => rowsOf(schedule, plan));
  return { at: new Date(now), rows: rows.sort(compareRows) };
}

function addGrant(
  schedules: Map<string, Schedule>,
  plan: Plan,
  customer: string | null,
  row: GrantRow,
): void {
  const deferred = deferredMinor(row);
  const currency = row.costCurrency;
  if (deferred === 0n || currency === null) return;
  const key = JSON.stringify([customer, currency]);
  const places = plan.bounds.length + 1;
  const zeros = () => Array.from({ length: places }, () => 0n);
  const schedule = schedules.get(key) ?? {
    customer,
    currency,
    recognition: zeros(),
    breakage: zeros(),
    expiring: zeros(),
  };
  schedules.set(key, schedule);
  const end = row.expiresAt ?? plan.withoutEndUntil;
  if (end === null) {
    add(schedule.recognition, places - 1, deferred);
    return;
  }
  const { rate } = plan;
  const breakage = floorShare(deferred, rate.digits, 10n ** BigInt(rate.places));
  spread(schedule.recognition, plan, deferred - breakage, Math.max(plan.now, row.effectiveAt), end);
  const place = placeOf(plan, end);
  add(schedule.breakage, place, breakage);
  if (row.expiresAt !== null) add(schedule.expiring, place, deferred);
}

/** Evenly over [start, end), what has become due by then rounded down. */
function spread(into: bigint[], { bounds }: Plan, money: bigint, start: number, end: number): void {
  const whole = BigInt(Math.max(1, end - start));
  let before = 0n;
  for (const [place, bound] of bounds.slice(1).entries()) {
    const passed = BigInt(Math.min(Math.max(0, bound - start), Math.max(1, end - start)));
    const due = floorShare(money, passed, whole);
    add(into, place, due - before);
    before = due;
  }
  add(into, bounds.length - 1, money - before);
}

/** Credits end at the first instant at which they are not there; that instant may be the next month's first. */
function placeOf({ bounds }: Plan, end: number): number {
  const place = bounds.slice(1).findIndex((bound) => end < bound);
  return place < 0 ? bounds.length - 1 : place;
}

function add(sums: bigint[], place: number, money: bigint): void {
  sums[place] = (sums[place] ?? 0n) + money;
}

function rowsOf(
  { customer, currency, recognition, breakage, expiring }: Schedule,
  plan: Plan,
): readonly WaterfallRow[] {
  const { bounds } = plan;
  const money = (minor: bigint) => toDecimal(minor, minorPlaces(currency));
  const withoutEnd = recognition.at(-1) ?? 0n;
  let open = [...recognition, ...breakage].reduce((sum, minor) => sum + minor, 0n) - withoutEnd;
  const keys = { ...(customer === null ? {} : { customer }), currency };
  const rows = bounds.map((bound, place): WaterfallRow => {
    const opening = open;
    const [used = 0n, broken = 0n] = [recognition[place], breakage[place]];
    open = opening - used - broken;
    return {
      month: place === bounds.length - 1 ? "later" : monthName(startOfUtcMonth(bound)),
      ...keys,
      opening: money(opening),
      recognition: money(used),
      breakage: money(broken),
      closing: money(open),
      expiring: money(expiring[place] ?? 0n),
    };
  });
  const zero = money(0n);
  const unknown = { month: null, ...keys, recognition: zero, breakage: zero, expiring: zero };
  return [
    ...rows.filter(({ opening }) => !opening.isZero()),
    ...(withoutEnd === 0n ? [] : [{ ...unknown, opening: money(withoutEnd), closing: money(withoutEnd) }]),
  ];
}

/** By customer and money; the rows of one stay as they are. */
function compareRows(a: WaterfallRow, b: WaterfallRow): number {
  const [one, other] = [`${a.customer ?? ""}\u0000${a.currency}`, `${b.customer ?? ""}\u0000${b.currency}`];
  return one < other ? -1 : one > other ? 1 : 0;
}
