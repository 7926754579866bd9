import { Decimal } from "coffer";
import { CUSTOMERS } from "./customers.js";
import { MODELS } from "./prices.js";
import type { Request } from "./workload.js";

/** What the product itself counts, apart from the engine, so that the audit has something to hold against the ledger. */
export interface Tally {
  readonly requests: number;
  /** Ended in a capture. */
  readonly charged: number;
  readonly denied: number;
  /** The provider failed; the hold was released. */
  readonly failed: number;
  /** Requests that were delivered twice and metered once. */
  readonly duplicates: number;
  /** Of charged requests. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly credits: Decimal;
  /** Priced, but neither held nor there when the work was done. */
  readonly shortfall: Decimal;
}

/** One mutation sent twice under one idempotency key, with both answers as JSON. */
export interface Repeat {
  readonly key: string;
  readonly first: string;
  readonly again: string;
  /** What the second answer says of itself. */
  readonly replayed: boolean;
}

export interface Book {
  readonly customers: Map<string, Tally>;
  readonly models: Map<string, Tally>;
  readonly repeats: Repeat[];
}

const EMPTY: Tally = {
  requests: 0,
  charged: 0,
  denied: 0,
  failed: 0,
  duplicates: 0,
  inputTokens: 0,
  outputTokens: 0,
  credits: new Decimal(0),
  shortfall: new Decimal(0),
};

export function createBook(): Book {
  return {
    customers: new Map(CUSTOMERS.map(({ id }) => [id, EMPTY])),
    models: new Map(MODELS.map(({ model }) => [model, EMPTY])),
    repeats: [],
  };
}

/** Adds to the tallies of the request's customer and of its model. */
export function count(book: Book, request: Request, more: Partial<Tally>): void {
  addTo(book.customers, request.customerId, more);
  addTo(book.models, request.model, more);
}

function addTo(tallies: Map<string, Tally>, key: string, more: Partial<Tally>): void {
  tallies.set(key, sumTallies([tallies.get(key) ?? EMPTY, { ...EMPTY, ...more }]));
}

export function sumTallies(tallies: Iterable<Tally>): Tally {
  let total = EMPTY;
  for (const tally of tallies)
    total = {
      requests: total.requests + tally.requests,
      charged: total.charged + tally.charged,
      denied: total.denied + tally.denied,
      failed: total.failed + tally.failed,
      duplicates: total.duplicates + tally.duplicates,
      inputTokens: total.inputTokens + tally.inputTokens,
      outputTokens: total.outputTokens + tally.outputTokens,
      credits: total.credits.plus(tally.credits),
      shortfall: total.shortfall.plus(tally.shortfall),
    };
  return total;
}
