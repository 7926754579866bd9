import { createCreditEngine } from "coffer";
import type { CreditStore } from "coffer/store";
import { monotonicFactory } from "ulid";
import { mulberry32 } from "../random.js";
import { catalogOf } from "./catalog.js";

export interface YearClock {
  now: number;
}

/** The engine as any app makes it, but for the clock and the ids: given, so that every run comes out the same. */
export function openEngine(
  prices: { readonly imageCredits: number },
  store: CreditStore,
  clock: YearClock,
  seed: number,
) {
  return createCreditEngine({
    catalog: catalogOf(prices),
    store,
    clock: () => clock.now,
    ids: monotonicFactory(mulberry32(seed)),
  });
}

export type YearEngine = ReturnType<typeof openEngine>;
