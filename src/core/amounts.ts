/** Amounts are integers scaled by the currency; quantities are scaled by 10^12. Stores keep 64 bits with a sign. */
export const MAX_AMOUNT = 2n ** 63n - 1n;
export const QUANTITY_PLACES = 12;
export const QUANTITY_UNIT = 10n ** BigInt(QUANTITY_PLACES);
export const MAX_QUANTITY = 10n ** 15n * QUANTITY_UNIT;

const PLAIN_DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;
/** Longer texts are refused before any arithmetic: no number that means anything here needs them. */
export const MAX_DECIMAL_LENGTH = 100;

export interface DecimalParts {
  /** The value is `digits` × 10^−`places`; trailing zeros of the fraction are gone. */
  readonly digits: bigint;
  readonly places: number;
}

/** Reads plain digits with an optional sign and point. Undefined: not such a text. */
export function parseDecimal(text: string): DecimalParts | undefined {
  const match = text.length <= MAX_DECIMAL_LENGTH ? PLAIN_DECIMAL.exec(text) : null;
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  const kept = fraction.replace(/0+$/, "");
  const digits = BigInt(whole + kept);
  return { digits: sign === "-" ? -digits : digits, places: kept.length };
}

/** The integer that stands for `parts` at `scale` places. Undefined: it has more places than that. */
export function toScaled(parts: DecimalParts, scale: number): bigint | undefined {
  return parts.places <= scale ? parts.digits * 10n ** BigInt(scale - parts.places) : undefined;
}

/** The plain decimal text of a scaled integer, without trailing zeros. */
export function formatScaled(value: bigint, scale: number): string {
  const sign = value < 0n ? "-" : "";
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}

export type RoundingMode = "half-up" | "half-even" | "up" | "down";

/** An exact quotient; `denominator` > 0. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Rounds to an integer. Modes speak of magnitudes: halves go away from zero, `down` goes towards it. */
export function roundRatio({ numerator, denominator }: Ratio, mode: RoundingMode): bigint {
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const whole = magnitude / denominator;
  const rest = magnitude % denominator;
  const rounded = whole + (roundsUp(whole, rest * 2n - denominator, rest, mode) ? 1n : 0n);
  return negative ? -rounded : rounded;
}

function roundsUp(whole: bigint, pastHalf: bigint, rest: bigint, mode: RoundingMode): boolean {
  switch (mode) {
    case "half-up":
      return pastHalf >= 0n;
    case "half-even":
      return pastHalf > 0n || (pastHalf === 0n && whole % 2n === 1n);
    case "up":
      return rest > 0n;
    case "down":
      return false;
  }
}

export function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function sum(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}
