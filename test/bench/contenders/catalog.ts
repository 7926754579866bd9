import { defineCatalog } from "coffer";

/** One metered feature at a plain price: a credit a thousand tokens. */
export const catalog = defineCatalog({
  currencies: { credits: { name: "AI credits", scale: 6 } },
  features: { chat: { currency: "credits", name: "Chat", rate: { credits: 1, per: 1_000 } } },
});

export const TOKENS_PER_CALL = 125;
export const CREDITS_PER_CALL = 0.125;
export const CREDITS_AT_FIRST = 1_000_000_000;
/** In the currency's smallest unit. */
export const UNITS_PER_CALL = 125_000n;

export function customers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `customer-${index}`);
}

/** Rises with time, as a store's index likes it. */
export function keyMaker(prefix: string): () => string {
  let made = 0;
  return () => `${prefix}-${String(made++).padStart(9, "0")}`;
}

/** Goes through all in turn. */
export function turns<Value>(values: readonly Value[]): () => Value {
  let next = 0;
  return () => {
    const value = values[next++ % values.length];
    if (value === undefined) throw new RangeError("there is nothing to take turns with");
    return value;
  };
}
