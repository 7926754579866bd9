import type { Currency } from "../../catalog/catalog.js";
import { minorAmount, scaledAmount } from "../../catalog/inputs.js";
import { MAX_AMOUNT, formatScaled } from "../../core/amounts.js";
import type { Duration } from "../../core/calendar.js";
import { CreditError, invalidInput } from "../../core/errors.js";
import { minorPlaces } from "../../core/money.js";
import type { Minor } from "../../core/top-up.js";
import { type TopUpTerms, creditsFor, priceOf } from "../../core/top-up-price.js";
import type { ParsedPurchase } from "./schemas.js";

/** What is bought, and for what. */
export interface Purchase {
  readonly credits: bigint;
  readonly price: Minor;
  readonly package: string | null;
  readonly expiresIn: Duration | null;
  readonly priority: number;
}

export function termsFor(currency: Currency, payIn: string | undefined, verb: string): TopUpTerms {
  const { topUps, id } = currency;
  const sold = [...topUps.keys()];
  if (sold.length === 0)
    throw new CreditError(
      "unsupported",
      `${verb}: "${id}" is not sold. Say in the catalog for what: currencies.${id}.topUps, as in { USD: { price: "0.01" } }.`,
      { currency: id },
    );
  const terms = topUps.get(payIn ?? sold[0] ?? "");
  if (terms !== undefined) return terms;
  throw invalidInput(`${verb}: "${id}" is sold for ${sold.join(", ")}, not for ${payIn ?? "nothing"}.`, {
    field: "payIn",
  });
}

/** Reads what is to be bought, and prices it by the catalog. */
export function purchaseOf(currency: Currency, input: ParsedPurchase, verb: string): Purchase {
  const { credits, money, package: name, packages } = input;
  if ([credits, money, name].filter((way) => way !== undefined).length !== 1)
    throw invalidInput(
      `${verb}: say what to buy in one of three ways: \`credits\`, \`money\` or \`package\`.`,
    );
  if (packages !== undefined && name === undefined)
    throw invalidInput(`${verb}: \`packages\` is how many of a \`package\`: name it.`, { field: "packages" });
  if (money !== undefined && input.payIn !== undefined && input.payIn !== money.currency)
    throw invalidInput(`${verb}: \`money\` is in ${money.currency}, and \`payIn\` says ${input.payIn}.`, {
      field: "payIn",
    });
  const terms = termsFor(currency, money?.currency ?? input.payIn, verb);
  const bought =
    name !== undefined
      ? ofPackage(currency, terms, name, packages ?? 1, verb)
      : credits !== undefined
        ? ofCredits(currency, terms, scaledAmount(credits, currency.scale, "credits", "positive"), verb)
        : ofMoney(currency, terms, money === undefined ? 0n : minorAmount(money, "money"), verb);
  const { expiresIn, priority } = terms;
  return { ...bought, expiresIn, priority };
}

type Bought = Pick<Purchase, "credits" | "price" | "package">;

function ofPackage(
  { id }: Currency,
  { packages, money }: TopUpTerms,
  name: string,
  count: number,
  verb: string,
): Bought {
  const pack = packages.get(name);
  if (pack === undefined)
    throw invalidInput(
      `${verb}: there is no package "${name}" of "${id}" in ${money}; there ${packages.size === 0 ? "are none" : `are ${[...packages.keys()].join(", ")}`}.`,
      { field: "package" },
    );
  const times = BigInt(count);
  if (pack.price * times > MAX_AMOUNT)
    throw invalidInput(
      `${verb}: ${count} of package "${name}" cost more than can be kept exactly. Buy fewer.`,
      {
        field: "packages",
      },
    );
  return {
    credits: pack.credits * times,
    price: { total: pack.price * times, currency: money },
    package: name,
  };
}

function ofCredits(currency: Currency, terms: TopUpTerms, credits: bigint, verb: string): Bought {
  const { minimum, maximum, money } = terms;
  const { scale, id } = currency;
  const is = formatScaled(credits, scale);
  if (credits < minimum)
    throw invalidInput(
      `${verb}: ${is} is less than the least that is sold of "${id}", ${formatScaled(minimum, scale)}.`,
      {
        field: "credits",
      },
    );
  if (maximum !== null && credits > maximum)
    throw invalidInput(
      `${verb}: ${is} is more than the most that is sold of "${id}" at once, ${formatScaled(maximum, scale)}.`,
      {
        field: "credits",
      },
    );
  const total = priceOf(terms, credits, scale);
  if (total === null)
    throw invalidInput(
      `${verb}: "${id}" has no price for ${is} credits in ${money}: there is none for so many, or they cost less than the least money there is, or more than can be kept. Buy a \`package\`, or another number.`,
      { field: "credits" },
    );
  return { credits, price: { total, currency: money }, package: null };
}

/** The most credits that the money buys; what they cost may be a little less than it. */
function ofMoney(currency: Currency, terms: TopUpTerms, minor: bigint, verb: string): Bought {
  const credits = creditsFor(terms, minor, currency.scale);
  if (credits === 0n)
    throw invalidInput(
      `${verb}: ${formatScaled(minor, minorPlaces(terms.money))} ${terms.money} buys no credits of "${currency.id}".`,
      { field: "money" },
    );
  return ofCredits(currency, terms, credits, verb);
}
