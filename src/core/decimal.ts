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

export function toDecimal(value: bigint, scale: number): Decimal {
  return new Decimal(formatScaled(value, scale));
}
