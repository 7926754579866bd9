import { createCreditEngine } from "coffer";
import type { CreditStore } from "coffer/store";
import { monotonicFactory } from "ulid";
import { mulberry32 } from "../random.js";
import { catalog } from "./catalog.js";

export interface YearClock {
  now: number;
}

/** The engine as any app makes it, but for the clock and the ids: given, so that every run comes out the same. */
export function openEngine(store: CreditStore, clock: YearClock, seed: number) {
  return createCreditEngine({
    catalog,
    store,
    clock: () => clock.now,
    ids: monotonicFactory(mulberry32(seed)),
  });
}

export type YearEngine = ReturnType<typeof openEngine>;
