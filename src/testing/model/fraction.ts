/** An exact rational number, `n / d`, in lowest terms with `d` above zero. The model computes with nothing else. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export type RoundingMode = "half-up" | "half-even" | "up" | "down";

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

export function fraction(n: bigint, d = 1n): Fraction {
  if (d === 0n) throw new RangeError("A fraction over zero.");
  const sign = d < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(n < 0n ? -n : n, d * sign);
  return { n: (sign * n) / divisor, d: (sign * d) / divisor };
}

export const ZERO = fraction(0n);

export function add(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function negate(a: Fraction): Fraction {
  return { n: -a.n, d: a.d };
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, negate(b));
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.n, a.d * b.d);
}

export function divide(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d, a.d * b.n);
}

/** Below zero, zero or above zero as `a` is less than, equal to or greater than `b`. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isZero(a: Fraction): boolean {
  return a.n === 0n;
}

export function isPositive(a: Fraction): boolean {
  return a.n > 0n;
}

export function isNegative(a: Fraction): boolean {
  return a.n < 0n;
}

export function least(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) <= 0 ? a : b;
}

export function greatest(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) >= 0 ? a : b;
}

export function sum(values: readonly Fraction[]): Fraction {
  return values.reduce(add, ZERO);
}

/** The greatest whole number that is not above `a`. */
export function floor(a: Fraction): bigint {
  const quotient = a.n / a.d;
  return a.n < 0n && quotient * a.d !== a.n ? quotient - 1n : quotient;
}

/** The least whole number that is not below `a`. */
export function ceiling(a: Fraction): bigint {
  return -floor(negate(a));
}

/** A whole number near `a`. `half-up` rounds halves away from zero; `up` and `down` go away from and towards zero. */
export function round(a: Fraction, mode: RoundingMode): bigint {
  if (isNegative(a)) return -round(negate(a), mode);
  const below = floor(a);
  const rest = compare(subtract(a, fraction(below)), fraction(1n, 2n));
  switch (mode) {
    case "up":
      return ceiling(a);
    case "down":
      return below;
    case "half-up":
      return rest >= 0 ? below + 1n : below;
    case "half-even":
      return rest > 0 || (rest === 0 && below % 2n === 1n) ? below + 1n : below;
  }
}
