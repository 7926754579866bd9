import {
  type Fraction,
  type RoundingMode,
  compare,
  fraction,
  isNegative,
  multiply,
  negate,
  round,
} from "./fraction.js";
import { demand } from "./refusal.js";

/** Money in whole minor units of its currency. */
export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

/** Money as callers write and read it: major units. */
export interface ModelMoney {
  readonly amount: string | number;
  readonly currency: string;
}

export const LARGEST_STORED = 2n ** 63n - 1n;
const QUANTITY_PLACES = 12;
const LARGEST_QUANTITY = fraction(10n ** 15n);
const MINOR_PLACES: Readonly<Record<string, number>> = { USD: 2, EUR: 2, JPY: 0, KWD: 3 };

const powerOfTen = (places: number): Fraction => fraction(10n ** BigInt(places));

/** Plain digits with an optional sign and point. */
export function parseDecimal(text: string | number): Fraction {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(String(text));
  demand(match !== null, `"${text}" is not a plain decimal.`);
  const [, sign = "", whole = "", decimals = ""] = match;
  const value = fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
  return sign === "-" ? negate(value) : value;
}

/** The shortest plain decimal text of a fraction that has one. */
export function formatDecimal(value: Fraction): string {
  if (isNegative(value)) return `-${formatDecimal(negate(value))}`;
  let places = 0;
  while ((value.n * 10n ** BigInt(places)) % value.d !== 0n) {
    places += 1;
    if (places > 60) throw new RangeError("Not a finite decimal.");
  }
  const digits = ((value.n * 10n ** BigInt(places)) / value.d).toString().padStart(places + 1, "0");
  const point = digits.length - places;
  return places === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function fits(value: Fraction, places: number, largest: bigint): boolean {
  const scaled = multiply(value, powerOfTen(places));
  return scaled.d === 1n && scaled.n <= largest && scaled.n >= -largest;
}

/** Credits as written, of any sign: no more places than the scale, within the stored range. */
export function parseCredits(text: string | number, scale: number): Fraction {
  const value = parseDecimal(text);
  demand(fits(value, scale, LARGEST_STORED), `${text} credits: too many places or too large.`);
  return value;
}

/** A quantity as written: zero or more, twelve places, at most 10^15. */
export function parseQuantity(text: string | number): Fraction {
  const value = parseDecimal(text);
  demand(!isNegative(value) && compare(value, LARGEST_QUANTITY) <= 0, `${text} is out of range.`);
  demand(fits(value, QUANTITY_PLACES, 10n ** 27n), `${text} has too many places.`);
  return value;
}

function minorPlaces(currency: string): number {
  const places = MINOR_PLACES[currency];
  demand(places !== undefined, `${currency} is no currency that the model knows.`);
  return places;
}

/** Money as written: zero or more, no more places than the currency has. */
export function parseMoney(money: ModelMoney): Money {
  const places = minorPlaces(money.currency);
  const value = parseDecimal(money.amount);
  demand(!isNegative(value) && fits(value, places, LARGEST_STORED), `${money.amount} ${money.currency}`);
  return { minor: multiply(value, powerOfTen(places)).n, currency: money.currency };
}

export function formatMoney(money: Money): { amount: string; currency: string } {
  const value = fraction(money.minor, 10n ** BigInt(minorPlaces(money.currency)));
  return { amount: formatDecimal(value), currency: money.currency };
}

/** An amount of major units in minor units, halves away from zero. */
export function toMinor(major: Fraction, currency: string): bigint {
  return round(multiply(major, powerOfTen(minorPlaces(currency))), "half-up");
}

/** Rounds credits once to a currency's scale. */
export function roundCredits(value: Fraction, scale: number, mode: RoundingMode): Fraction {
  return fraction(round(multiply(value, powerOfTen(scale)), mode), 10n ** BigInt(scale));
}

/** Whether credits lie within what can be stored at this scale. */
export function isStorable(value: Fraction, scale: number): boolean {
  return fits(value, scale, LARGEST_STORED);
}
