import { type DecimalParts, formatScaled, parseDecimal, roundRatio } from "./amounts.js";

/** Currencies whose minor unit is not a hundredth (ISO 4217, list one, column "Minor unit"). */
const MINOR_PLACES: ReadonlyMap<string, number> = new Map([
  ...["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"].map((code) => [code, 0] as const),
  ...["UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"].map((code) => [code, 0] as const),
  ...["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((code) => [code, 3] as const),
  ...["CLF", "UYW"].map((code) => [code, 4] as const),
]);

/** Places of the minor unit of a money: 2 for USD, 0 for JPY, 3 for KWD. */
export function minorPlaces(moneyCurrency: string): number {
  return MINOR_PLACES.get(moneyCurrency) ?? 2;
}

/** Minor units as people and providers write them, with all places: 500 of USD is "5.00", of JPY "500". */
export function minorText(minor: bigint, currency: string): string {
  const places = minorPlaces(currency);
  const [whole = "", fraction = ""] = formatScaled(minor, places).split(".");
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, "0")}`;
}

/** The price of one credit past zero: any decimal of a money. */
export interface Price {
  /** Plain decimal text, in major units. */
  readonly amount: string;
  readonly currency: string;
}

/** Money for `credits` (scaled) at a price per credit, in minor units, half-up. */
export function moneyFor(price: Price, credits: bigint, scale: number): bigint {
  const { digits, places } = parseDecimal(price.amount) ?? ZERO;
  return roundRatio(
    {
      numerator: digits * credits * 10n ** BigInt(minorPlaces(price.currency)),
      denominator: 10n ** BigInt(places + scale),
    },
    "half-up",
  );
}

const ZERO: DecimalParts = { digits: 0n, places: 0 };

/** `part` of `whole`'s share of `total`, rounded down: the one formula by which money follows credits. */
export function floorShare(total: bigint, part: bigint, whole: bigint): bigint {
  return (total * part) / whole;
}
