import { parseDecimal, toScaled } from "../../core/amounts.js";
import { invalidInput } from "../../core/errors.js";
import { minorPlaces } from "../../core/money.js";
import type { PortMoney } from "../../engine/billing/port.js";

/**
 * Stripe counts money in whole numbers, mostly as ISO 4217 does, with exceptions: see https://docs.stripe.com/currencies.
 */

const ZERO_DECIMAL = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
/** In hundredths, for backward compatibility, though there are none any more: 5 kr. are 500, and 550 is refused. */
const HUNDREDTHS_OF_WHOLE = new Set(["ISK", "UGX"]);
/** In thousandths, the last digit 0: cards know no smaller parts. */
const THREE_DECIMAL = new Set(["BHD", "JOD", "KWD", "OMR", "TND"]);

interface Counting {
  readonly places: number;
  /** Amounts must be multiples of it. */
  readonly step: bigint;
}

// HUF and TWD stand in no list: only payouts of them are in whole units, charges are in hundredths.
function countingOf(currency: string): Counting | null {
  if (ZERO_DECIMAL.has(currency)) return { places: 0, step: 1n };
  if (HUNDREDTHS_OF_WHOLE.has(currency)) return { places: 2, step: 100n };
  if (THREE_DECIMAL.has(currency)) return { places: 3, step: 10n };
  return minorPlaces(currency) === 2 ? { places: 2, step: 1n } : null;
}

/** As Stripe counts it. @throws CreditError `invalid_input` where Stripe has no such amount: nothing is rounded */
export function toStripe({ amount, currency }: PortMoney): number {
  const code = currency.toUpperCase();
  const counting = /^[A-Z]{3}$/.test(code) ? countingOf(code) : null;
  if (counting === null)
    throw invalidInput(`Stripe takes no ${currency}. Sell in another currency.`, { currency });
  const parts = parseDecimal(amount);
  if (parts === undefined)
    throw invalidInput(`"${amount}" is no amount: give plain digits with an optional point.`, { amount });
  const minor = toScaled(parts, counting.places);
  if (minor === undefined || minor % counting.step !== 0n)
    throw invalidInput(
      `Stripe cannot take ${amount} ${code}: it must be a multiple of ${text(counting.step, counting.places, 0)}.`,
      { amount, currency: code },
    );
  if (minor > BigInt(Number.MAX_SAFE_INTEGER) || minor < BigInt(Number.MIN_SAFE_INTEGER))
    throw invalidInput(`${amount} ${code} is more than Stripe can take.`, { amount, currency: code });
  return Number(minor);
}

/** What Stripe tells, in major units. */
export function fromStripe(amount: number, currency: string): PortMoney {
  const code = currency.toUpperCase();
  const { places } = countingOf(code) ?? { places: 2 };
  return { amount: text(BigInt(amount), places, minorPlaces(code)), currency: code };
}

/** With as many places as the currency has, and more only where something stands there. */
function text(minor: bigint, places: number, wanted: number): string {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const given = digits.slice(digits.length - places);
  const fraction = given.slice(0, wanted).padEnd(wanted, "0") + given.slice(wanted).replace(/0+$/, "");
  return `${minor < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
