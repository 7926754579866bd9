import { Decimal, defineCatalog } from "coffer";
import type { PriceList } from "./prices.js";

/** What the product adds to the providers' list prices. */
export const MARKUP = new Decimal("0.20");

/** What one credit buys of the product's own prices. */
export const USD_PER_CREDIT = new Decimal("0.01");

const TOKENS_PER_PRICE = 1_000_000;

/** $1.25 a million tokens at list, 20 % more, in cents: 150 credits a million tokens. Exact; nothing rounds. */
export function creditsPerMillion(listUsd: Decimal): Decimal {
  return listUsd.times(MARKUP.plus(1)).div(USD_PER_CREDIT);
}

/** One currency; two features whose rates match on the model. A model without a price is refused, for want of a fallback. */
export function catalogOf(prices: PriceList) {
  const rateOf = (side: "input" | "output") => ({
    match: prices.models.map((price) => ({
      when: { model: price.model },
      rate: { credits: creditsPerMillion(price[side]).toFixed(), per: TOKENS_PER_PRICE },
    })),
  });
  return defineCatalog({
    currencies: {
      credits: { name: "AI credits", unit: { singular: "credit", plural: "credits" }, scale: 6 },
    },
    features: {
      input: { currency: "credits", name: "Input tokens", rate: rateOf("input") },
      output: { currency: "credits", name: "Output tokens", rate: rateOf("output") },
    },
  });
}
