import { createCreditEngine } from "coffer";
import type { CreditStore } from "coffer/store";
import { monotonicFactory } from "ulid";
import { catalogOf } from "./catalog.js";
import type { PriceList } from "./prices.js";
import { mulberry32 } from "./random.js";

/** The engine as any app makes it, but for the clock and the ids: given, so that every run comes out the same. */
export function openEngine(prices: PriceList, store: CreditStore, seed: number, now: () => number) {
  return createCreditEngine({
    catalog: catalogOf(prices),
    store,
    clock: now,
    ids: monotonicFactory(mulberry32(seed)),
  });
}

export type Engine = ReturnType<typeof openEngine>;
