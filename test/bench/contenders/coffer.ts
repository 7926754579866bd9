import { type CreditEngine, type CreditEngineOptions, createCreditEngine } from "coffer";
import type { CreditStore } from "coffer/store";
import { drive } from "../measure/drive.js";
import type { Contender } from "../measure/compare.js";
import { CREDITS_AT_FIRST, CREDITS_PER_CALL, TOKENS_PER_CALL, catalog, keyMaker, turns } from "./catalog.js";

export type Engine = CreditEngine<typeof catalog>;
export type EngineOptions = Partial<Omit<CreditEngineOptions<typeof catalog>, "catalog" | "store">>;

export function engineOn<Tx>(store: CreditStore<Tx>, options: EngineOptions = {}): Engine {
  return createCreditEngine({
    catalog,
    store,
    cachedWallets: 20_000,
    ...options,
  });
}

const GRANTS_AT_ONCE = 1_000;

export async function fund(credits: Engine, customers: readonly string[]): Promise<void> {
  for (let from = 0; from < customers.length; from += GRANTS_AT_ONCE)
    await Promise.all(
      customers.slice(from, from + GRANTS_AT_ONCE).map((customerId) =>
        credits.grant({
          customerId,
          currency: "credits",
          amount: CREDITS_AT_FIRST,
          category: "promotional",
          idempotencyKey: `fund-${customerId}`,
        }),
      ),
    );
}

export interface Load {
  readonly callers: number;
  readonly ms: number;
  readonly customers: readonly string[];
}

/** One call to the next customer, under the next key. */
export function withdrawals(
  credits: Engine,
  customers: readonly string[],
  keyPrefix = "request",
): () => Promise<unknown> {
  const key = keyMaker(keyPrefix);
  const customer = turns(customers);
  return () =>
    credits.withdraw({
      customerId: customer(),
      feature: "chat",
      quantity: TOKENS_PER_CALL,
      idempotencyKey: key(),
    });
}

/** Withdrawals by the whole engine: parsed, rated, decided, remembered, chained, counted, stored. */
export async function coffer<Tx>(name: string, store: CreditStore<Tx>, load: Load): Promise<Contender> {
  const credits = engineOn(store);
  await fund(credits, load.customers);
  const withdraw = withdrawals(credits, load.customers);
  let made = 0;
  return {
    name,
    round: async () => {
      const round = await drive(load.callers, load.ms, withdraw);
      made += round.operations;
      return round;
    },
    check: () => checkSpent(credits, load.customers, made),
  };
}

const MOST_LEDGERS = 20;

/** All of it is gone that should be, nothing else is, and ledgers prove themselves. */
export async function checkSpent(credits: Engine, customers: readonly string[], made: number): Promise<void> {
  let left = 0;
  for (const customerId of customers)
    left += (await credits.balance({ customerId, currency: "credits" })).available.toNumber();
  const expected = customers.length * CREDITS_AT_FIRST - made * CREDITS_PER_CALL;
  if (left !== expected) throw new Error(`${left} credits are left where ${expected} must be`);
  for (const customerId of customers.slice(0, MOST_LEDGERS)) {
    const { ok } = await credits.verifyLedger({ customerId, currency: "credits" });
    if (!ok) throw new Error(`the ledger of ${customerId} does not prove itself`);
  }
}
