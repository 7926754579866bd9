import { QUANTITY_PLACES, parseDecimal, toScaled } from "../../../src/core/amounts.js";
import type { Duration } from "../../../src/core/calendar.js";
import type { LineRequest } from "../../../src/core/lines.js";
import type { CaptureOf, GrantRequest, Parcel, ScheduleRequest } from "../../../src/core/requests.js";
import type { Rollover } from "../../../src/core/schedule.js";
import type { Plain } from "./plain.js";

/** Requests in as few words as a test needs. */

/** Credits outright, or lines of feature, quantity and dimensions. */
export type Use = number | readonly UseLine[];
type UseLine = readonly [
  feature: string,
  quantity: number | string,
  dimensions?: Readonly<Record<string, string>>,
];

export function linesOf(use: Use): readonly LineRequest[] {
  if (typeof use === "number") return [{ feature: null, amount: BigInt(use) }];
  return use.map(([feature, quantity, dimensions = null]) => ({
    feature,
    quantity: quantityOf(quantity),
    dimensions,
  }));
}

export function quantityOf(quantity: number | string): bigint {
  const parts = parseDecimal(String(quantity));
  const scaled = parts === undefined ? undefined : toScaled(parts, QUANTITY_PLACES);
  if (scaled === undefined) throw new Error(`no quantity: ${quantity}`);
  return scaled;
}

/** Minor units of USD, or of another money. */
type Cost = number | readonly [total: number, currency: string];

export interface GrantTerms extends Partial<Omit<GrantRequest, "kind" | "amount" | "cost" | "features">> {
  /** With a cost a grant is paid, else promotional. */
  readonly cost?: Cost;
  readonly features?: readonly string[];
}

/** Promotional, whole credits, monthly in UTC from now on, unless a test says otherwise. */
export interface ScheduleTerms
  extends Partial<Omit<Terms, "amount" | "cost" | "rollover">>, Partial<Pick<ScheduleRequest, "until">> {
  /** Minor units of USD a period. */
  readonly cost?: number;
  readonly rollover?: {
    readonly max?: number;
    readonly fraction?: string;
    readonly periods?: number;
    readonly keepFor?: Duration;
    readonly total?: number;
  };
}

type Terms = ScheduleRequest["terms"];

export function scheduleRequest(amount: number | bigint, given: ScheduleTerms = {}): ScheduleRequest {
  const { cost, rollover, until = null, ...terms } = given;
  return {
    kind: "schedule",
    until,
    terms: {
      category: cost === undefined ? "promotional" : "paid",
      source: "schedule",
      priority: 50,
      features: null,
      displayName: null,
      metadata: null,
      every: { unit: "months", count: 1 },
      timeZone: "UTC",
      anchor: null,
      startsAt: null,
      expires: "nextPeriod",
      ...terms,
      amount: BigInt(amount),
      cost: cost === undefined ? null : { total: BigInt(cost), currency: "USD" },
      rollover: rollover === undefined ? null : rolloverOf(rollover),
    },
  };
}

function rolloverOf({
  max,
  fraction = "1",
  periods = 1,
  keepFor,
  total,
}: NonNullable<ScheduleTerms["rollover"]>): Rollover {
  return {
    max: max === undefined ? null : BigInt(max),
    fraction: parseDecimal(fraction) ?? { digits: 1n, places: 0 },
    periods,
    keepFor: keepFor ?? null,
    total: total === undefined ? null : BigInt(total),
  };
}

export type Capture = Use | "all" | { readonly quantity: number };

export function grantRequest(amount: number | bigint, terms: GrantTerms = {}): GrantRequest {
  const { cost: price, features = null, ...rest } = terms;
  const [total, currency] = typeof price === "object" ? price : [price, "USD"];
  return {
    kind: "grant",
    amount: BigInt(amount),
    category: total === undefined ? "promotional" : "paid",
    cost: total === undefined ? null : { total: BigInt(total), currency },
    source: "test",
    priority: 50,
    effectiveAt: null,
    expiresAt: null,
    displayName: null,
    metadata: null,
    awaitsPayment: false,
    features: features === null ? null : [...features].sort(),
    ...rest,
  };
}

export function captureOf(what: Capture): CaptureOf {
  if (what === "all") return { all: true };
  if (typeof what === "number") return { amount: BigInt(what) };
  if ("quantity" in what) return { quantity: quantityOf(what.quantity) };
  return {
    items: what.map(([feature, quantity, dimensions = null]) => ({
      feature,
      quantity: quantityOf(quantity),
      dimensions,
    })),
  };
}

export function parcelOf({ amount, cost, ...rest }: Plain<Parcel>): Parcel {
  return {
    ...rest,
    amount: BigInt(amount),
    cost: cost === null ? null : { total: BigInt(cost.total), currency: cost.currency },
  };
}
