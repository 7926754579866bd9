import type { Decimal } from "../core/decimal.js";
import { minorPlaces } from "../core/money.js";

/** In major units, with all places of the money. */
export function moneyText(amount: Decimal, currency: string): string {
  return amount.toFixed(minorPlaces(currency));
}

/** Letters and digits of any script, and what means nothing to ledgers written as text. */
const SAFE = /[\p{L}\p{N}_.@/-]/u;

/**
 * A text of callers for a file whose syntax it must not touch: all but letters, digits and a few marks are percent-encoded,
 * as in urls, so that nothing is lost and nothing can end a line, a string or a comment.
 */
export function safeText(text: string): string {
  let safe = "";
  for (const character of text) safe += SAFE.test(character) ? character : encoded(character);
  return safe;
}

function encoded(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}

/** The day of UTC on which the books count it. */
export function dayOf(instant: Date): string {
  return instant.toISOString().replace(/T.*$/, "");
}
