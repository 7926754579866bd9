import {
  type Dimensions,
  type ModelLinearRate,
  type ModelRate,
  type ModelTieredRate,
  scaleOf,
} from "./catalog.js";
import { isStorable, parseCredits, parseDecimal, parseQuantity, roundCredits } from "./decimal.js";
import {
  type Fraction,
  ZERO,
  add,
  ceiling,
  divide,
  fraction,
  greatest,
  isPositive,
  isZero,
  least,
  multiply,
  subtract,
  sum,
} from "./fraction.js";
import { demand, refuse } from "./refusal.js";
import type { ModelUse } from "./requests.js";
import { type Line, type State, currencyOf } from "./state.js";

/** The rate that applies: the first case that agrees on every dimension it names, else the fallback. */
function resolve(rate: ModelRate, dimensions: Dimensions): ModelLinearRate | ModelTieredRate {
  if (!("match" in rate)) return rate;
  const found = rate.match.find(({ when }) =>
    Object.entries(when).every(([name, wanted]) => {
      const values = typeof wanted === "string" ? [wanted] : wanted;
      return values.some((value) => value === dimensions[name]);
    }),
  );
  const chosen =
    found?.rate ?? rate.fallback ?? refuse("no_rate", "No case matches, and there is no fallback.");
  return resolve(chosen, dimensions);
}

function creditsFor(quantity: Fraction, credits: string | number, per: string | number = 1): Fraction {
  return divide(multiply(quantity, parseDecimal(credits)), parseDecimal(per));
}

function exactPrice(rate: ModelLinearRate | ModelTieredRate, quantity: Fraction): Fraction {
  if ("tiers" in rate) {
    const parts = rate.tiers.map((tier, index) => {
      const from = parseDecimal(rate.tiers[index - 1]?.upTo ?? 0);
      const upTo = tier.upTo === undefined ? quantity : least(quantity, parseDecimal(tier.upTo));
      return creditsFor(greatest(subtract(upTo, from), ZERO), tier.credits, tier.per);
    });
    return sum(parts);
  }
  if (rate.block !== true) return creditsFor(quantity, rate.credits, rate.per);
  const blocks = ceiling(divide(quantity, parseDecimal(rate.per ?? 1)));
  return creditsFor(fraction(blocks), rate.credits);
}

/** The price of one line: exact, then rounded once to the currency's scale by the rate's mode. */
export function priceOf(
  state: State,
  feature: string,
  quantity: Fraction,
  dimensions: Dimensions | null,
): Fraction {
  const defined = state.catalog.features[feature] ?? refuse("unknown_feature", feature);
  const scale = scaleOf(currencyOf(state, defined.currency));
  const rate = resolve(defined.rate, dimensions ?? {});
  const exact = exactPrice(rate, quantity);
  const minimum = isZero(quantity) ? ZERO : parseDecimal(rate.minimum ?? 0);
  const price = roundCredits(greatest(exact, minimum), scale, rate.rounding ?? "half-up");
  if (!isStorable(price, scale)) refuse("over_limit", "The price leaves the range.");
  return price;
}

/** The currency of a use: of its feature, of its items (one for all), or the one named beside an amount. */
export function currencyUsed(state: State, use: ModelUse): string {
  const features = use.items?.map((item) => item.feature) ?? (use.feature === undefined ? [] : [use.feature]);
  const currencies = features.map(
    (feature) => state.catalog.features[feature]?.currency ?? refuse("unknown_feature", feature),
  );
  const [currency = use.currency] = currencies;
  demand(currency !== undefined, "Neither a feature nor a currency.");
  demand(
    currencies.every((other) => other === currency),
    "Features of several currencies.",
  );
  return currency;
}

/** The lines of a use, priced. */
export function linesOf(state: State, use: ModelUse): Line[] {
  const { feature, quantity, dimensions = null } = use;
  if (feature === undefined && use.items === undefined) {
    demand(use.amount !== undefined && use.currency !== undefined, "No amount.");
    const price = parseCredits(use.amount, scaleOf(currencyOf(state, use.currency)));
    demand(isZero(price) || isPositive(price), "An amount below zero.");
    return [{ feature: null, quantity: null, dimensions: null, price }];
  }
  const items = use.items ?? [{ feature: feature ?? "", quantity: quantity ?? "", dimensions }];
  demand(items.length > 0, "No items.");
  return items.map((item) => {
    const used = parseQuantity(item.quantity);
    const price = priceOf(state, item.feature, used, item.dimensions ?? null);
    return { feature: item.feature, quantity: used, dimensions: item.dimensions ?? null, price };
  });
}

/** What the lines cost together. */
export function totalPrice(state: State, currency: string, lines: readonly Line[]): Fraction {
  const price = lines.map((line) => line.price).reduce(add, ZERO);
  if (!isStorable(price, scaleOf(currencyOf(state, currency)))) {
    refuse("over_limit", "The prices together leave the range.");
  }
  return price;
}
