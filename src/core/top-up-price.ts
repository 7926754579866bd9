import { MAX_AMOUNT, parseDecimal } from "./amounts.js";
import type { Duration } from "./calendar.js";
import { minorPlaces, moneyFor } from "./money.js";

/** For what credits of a currency are sold, in one money. */
export interface TopUpTerms {
  /** ISO 4217. */
  readonly money: string;
  /** By volume, ascending: the band that an amount falls in prices all of it. Without bands only packages are sold. */
  readonly bands: readonly PriceBand[];
  readonly packages: ReadonlyMap<string, TopUpPackage>;
  /** Scaled credits. */
  readonly minimum: bigint;
  readonly maximum: bigint | null;
  /** How long bought credits live; null: without end. */
  readonly expiresIn: Duration | null;
  readonly priority: number;
}

export interface PriceBand {
  /** Scaled credits, inclusive; null: no bound. */
  readonly upTo: bigint | null;
  /** Of one credit: plain decimal text in major units, above 0. */
  readonly price: string;
}

export interface TopUpPackage {
  readonly credits: bigint;
  /** Minor units. */
  readonly price: bigint;
}

/**
 * What so many credits cost: credits × price of their band, rounded half-up to the minor unit.
 *
 * @returns minor units; null where no band holds them, where they cost more than can be kept exactly, or less than the
 *   least money there is: what comes to nothing is not sold, or many small purchases would be free.
 */
export function priceOf({ bands, money }: TopUpTerms, credits: bigint, scale: number): bigint | null {
  const band = bands.find(({ upTo }) => upTo === null || credits <= upTo);
  if (band === undefined) return null;
  const price = moneyFor({ amount: band.price, currency: money }, credits, scale);
  return price === 0n || price > MAX_AMOUNT ? null : price;
}

/**
 * @returns the most credits whose exact price, before it is rounded, is no more than so much money; 0n where it buys none.
 *   Rounding gives none away: 1.00 EUR at 0.02 buys 50, not the 50.24 that would be rounded to it.
 */
export function creditsFor({ bands, money }: TopUpTerms, minor: bigint, scale: number): bigint {
  let most = 0n;
  let above = 0n;
  for (const { upTo, price } of bands) {
    const { digits, places } = parseDecimal(price) ?? { digits: 1n, places: 0 };
    const bought = (minor * 10n ** BigInt(places + scale)) / (digits * 10n ** BigInt(minorPlaces(money)));
    const credits = upTo !== null && bought > upTo ? upTo : bought;
    if (credits > above && credits > most) most = credits;
    above = upTo ?? above;
  }
  return most;
}
