import { Decimal as DecimalJs } from "decimal.js";
import { MAX_DECIMAL_LENGTH, formatScaled } from "./amounts.js";

/**
 * decimal.js with room for every amount of the library: nothing rounds at these magnitudes, and text and JSON are plain
 * digits, never an exponent. Values of this class are what amounts come out as.
 */
export const Decimal = DecimalJs.clone({
  precision: 100,
  rounding: DecimalJs.ROUND_HALF_UP,
  toExpNeg: -9e15,
  toExpPos: 9e15,
  maxE: 9e15,
  minE: -9e15,
  defaults: true,
});
export type Decimal = DecimalJs;

/** What an amount may be given as. A number counts as its shortest decimal text: 0.1 is one tenth. */
export type DecimalInput = string | number | bigint | Decimal;

/** Texts of such numbers would be refused, and may take as long to write as there is time. */
const LONG = 10n ** BigInt(MAX_DECIMAL_LENGTH);

/** Plain decimal text of an input; undefined for what is none (NaN, infinities, other types). */
export function decimalText(input: unknown): string | undefined {
  switch (typeof input) {
    case "string":
      return input;
    case "bigint":
      return input > -LONG && input < LONG ? input.toString() : undefined;
    case "number":
      return Number.isFinite(input) ? new Decimal(input).toFixed() : undefined;
    default:
      return DecimalJs.isDecimal(input) && input.isFinite() && Math.abs(input.e) < MAX_DECIMAL_LENGTH
        ? input.toFixed()
        : undefined;
  }
}

/** Plain numbers are exact up to here. */
const LARGEST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** decimal.js keeps a number as words of seven digits that begin at the point (`d`, beside sign `s` and exponent `e`). */
const WORD_DIGITS = 7;
const WORD = 10 ** WORD_DIGITS;
const MOST_FRACTION_DIGITS = 2 * WORD_DIGITS;

type Words = { s: number; e: number; d: number[] };

/** Amounts come out by the thousands: their words are written as they are, without the way over a text. */
export function toDecimal(value: bigint, scale: number): Decimal {
  if (value > LARGEST_SAFE || value < -LARGEST_SAFE || scale > MOST_FRACTION_DIGITS)
    return new Decimal(formatScaled(value, scale));
  const decimal = new Decimal(0);
  if (value !== 0n) writeWords(decimal, Number(value), scale);
  return decimal;
}

function writeWords(decimal: Words, value: number, scale: number): void {
  const magnitude = value < 0 ? -value : value;
  const unit = 10 ** scale;
  const fraction = magnitude % unit;
  const whole = (magnitude - fraction) / unit;
  const words: number[] = [];
  if (whole >= WORD * WORD) words.push(Math.floor(whole / (WORD * WORD)));
  if (whole >= WORD) words.push(Math.floor(whole / WORD) % WORD);
  if (whole > 0) words.push(whole % WORD);
  const wholeWords = words.length;
  if (fraction > 0 && scale <= WORD_DIGITS) words.push(fraction * 10 ** (WORD_DIGITS - scale));
  else if (fraction > 0) {
    const aligned = fraction * 10 ** (MOST_FRACTION_DIGITS - scale);
    words.push(Math.floor(aligned / WORD), aligned % WORD);
  }
  let first = 0;
  while (words[first] === 0) first++;
  while (words.at(-1) === 0) words.pop();
  decimal.s = value < 0 ? -1 : 1;
  decimal.e = (wholeWords - first - 1) * WORD_DIGITS + digitsOf(words[first] ?? 0) - 1;
  decimal.d = first === 0 ? words : words.slice(first);
}

function digitsOf(word: number): number {
  let digits = 1;
  for (let rest = word; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  return digits;
}
