import { QUANTITY_UNIT, type Ratio, minimum, roundRatio } from "../core/amounts.js";
import type { CompiledRate, FlatRate, SettledRate, Tier, TieredRate } from "./rate.js";

export type Dimensions = Readonly<Record<string, string>>;

/** The first case that agrees on every dimension it names, else the fallback. Undefined: no rate. */
export function settleRate(rate: CompiledRate, dimensions: Dimensions): SettledRate | undefined {
  if (rate.kind !== "match") return rate;
  const matched = rate.cases.find(({ when }) =>
    when.every(
      ([name, values]) => Object.hasOwn(dimensions, name) && values.includes(dimensions[name] ?? ""),
    ),
  );
  const next = matched?.rate ?? rate.fallback;
  return next === null ? undefined : settleRate(next, dimensions);
}

/** Price of a scaled quantity, in credits scaled by `scale`: an exact rational, rounded once. */
export function priceOf(rate: SettledRate, quantity: bigint, scale: number): bigint {
  if (quantity === 0n) return 0n;
  const exact = rate.kind === "tiers" ? tieredPrice(rate, quantity, scale) : flatPrice(rate, quantity, scale);
  const rounded = roundRatio(exact, rate.rounding);
  return rounded < rate.minimum ? rate.minimum : rounded;
}

function flatPrice(rate: FlatRate, quantity: bigint, scale: number): Ratio {
  const { digits, places } = rate.credits;
  const unit = 10n ** BigInt(scale);
  if (rate.kind === "linear")
    return { numerator: quantity * digits * unit, denominator: rate.per * 10n ** BigInt(places) };
  const blocks = (quantity + rate.per - 1n) / rate.per;
  return { numerator: blocks * digits * unit, denominator: 10n ** BigInt(places) };
}

function tieredPrice(rate: TieredRate, quantity: bigint, scale: number): Ratio {
  let total: Ratio = { numerator: 0n, denominator: 1n };
  let below = 0n;
  for (const tier of rate.tiers) {
    const top = tier.upTo === null ? quantity : minimum(tier.upTo, quantity);
    const linear: FlatRate = { ...rate, kind: "linear", credits: tier.credits, per: tier.per };
    total = addRatios(total, flatPrice(linear, top - below, scale));
    below = top;
    if (below === quantity) break;
  }
  return total;
}

/** The tiers above a quantity that was recorded before, counted from there. */
export function tiersFrom({ tiers, minimum: least, rounding }: TieredRate, position: bigint): TieredRate {
  const above = tiers.flatMap((tier): Tier[] => {
    if (tier.upTo === null) return [tier];
    return tier.upTo > position ? [{ ...tier, upTo: tier.upTo - position }] : [];
  });
  return { kind: "tiers", tiers: above, minimum: least, rounding };
}

function addRatios(a: Ratio, b: Ratio): Ratio {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/**
 * The largest quantity, in whole multiples of `step`, whose price is at most `limit`; null where no quantity exceeds it.
 * Rates never fall with quantity, so it is found by halving.
 */
export function largestQuantity(
  fits: (quantity: bigint) => boolean,
  step: bigint,
  largest: bigint,
): bigint | null {
  const steps = largest / step;
  if (fits(steps * step)) return null;
  let low = 0n;
  let high = steps;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (fits(middle * step)) low = middle;
    else high = middle;
  }
  return low * step;
}

/** One unit in the last place of the quantity, but at most one whole: what "the largest quantity" is counted in. */
export function stepOf(quantity: bigint): bigint {
  let step = QUANTITY_UNIT;
  while (step > 1n && quantity % step !== 0n) step /= 10n;
  return step;
}
