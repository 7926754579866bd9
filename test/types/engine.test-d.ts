/**
 * What the types let pass and what they refuse. `tsc` is the test: an `@ts-expect-error` over a line that compiles is
 * an error itself. Nothing here runs.
 */
import {
  type Attempt,
  type Catalog,
  type CreditEngine,
  type CreditVerbs,
  type CurrencyId,
  type Decimal,
  type FeatureId,
  type ScopedCreditEngine,
  type UsageRequest,
  createCreditEngine,
  defineCatalog,
} from "coffer";
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { checkStore } from "coffer/testing";
import { expectTypeOf } from "vitest";

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens" }, gold: { name: "Gold", scale: 0 } },
  features: {
    chat: { currency: "tokens", rate: { credits: "2", per: 1000 } },
    image: { currency: "tokens", rate: { credits: 40 } },
    gilt: { currency: "gold", rate: { credits: 1 } },
  },
});
const credits = createCreditEngine({ catalog, store: memoryStore() });

const customerId = "acme";
const idempotencyKey = "k";
const keyed = { customerId, idempotencyKey };
const promotional = { ...keyed, amount: 1, category: "promotional" } as const;
const paid = { ...keyed, amount: 1, category: "paid", cost: { amount: 1, currency: "USD" } } as const;

/** Names come from the catalog. */
export function names(): void {
  expectTypeOf<CurrencyId<typeof catalog>>().toEqualTypeOf<"tokens" | "gold">();
  expectTypeOf<FeatureId<typeof catalog>>().toEqualTypeOf<"chat" | "image" | "gilt">();
  expectTypeOf<FeatureId<typeof catalog, "tokens">>().toEqualTypeOf<"chat" | "image">();
  expectTypeOf<FeatureId<typeof catalog, "gold">>().toEqualTypeOf<"gilt">();
  const rate = { credits: 1 } as const;
  // @ts-expect-error -- no such currency
  defineCatalog({ currencies: { a: { name: "A" } }, features: { f: { currency: "b", rate } } });
  // @ts-expect-error -- no such option
  defineCatalog({ currencies: { a: { name: "A" } }, features: { f: { currency: "a", rate, each: 1 } } });
  // @ts-expect-error -- no such option
  defineCatalog({ currencies: { a: { name: "A", colour: "red" } } });
  // @ts-expect-error -- no such policy
  defineCatalog({ currencies: { a: { name: "A", policy: { mode: "free" } } } });
  // @ts-expect-error -- half a rate
  defineCatalog({ currencies: { a: { name: "A" } }, features: { f: { currency: "a", rate: { per: 1 } } } });
  // @ts-expect-error -- at least the currencies
  defineCatalog({ features: {} });
}

/** A catalog without features is one: credits are used outright. */
export async function featureless(): Promise<void> {
  const plain = defineCatalog({ currencies: { tokens: { name: "Tokens" } } });
  expectTypeOf<FeatureId<typeof plain>>().toEqualTypeOf<never>();
  expectTypeOf<CurrencyId<typeof plain>>().toEqualTypeOf<"tokens">();
  const engine = createCreditEngine({ catalog: plain, store: memoryStore() });
  await engine.withdraw({ ...keyed, currency: "tokens", amount: 1 });
  // @ts-expect-error -- there are no features
  await engine.withdraw({ ...keyed, feature: "chat", quantity: 1 });
  // @ts-expect-error -- no such currency
  await engine.balance({ customerId, currency: "gold" });
}

export async function grants(): Promise<void> {
  await credits.grant({ ...promotional, currency: "tokens" });
  await credits.grant({ ...paid, currency: "tokens", features: ["chat", "image"] });
  await credits.grant({ ...promotional, currency: "gold", features: ["gilt"], expiresAt: null });
  // @ts-expect-error -- no such currency
  await credits.grant({ ...promotional, currency: "coins" });
  // @ts-expect-error -- no such feature
  await credits.grant({ ...promotional, currency: "tokens", features: ["speech"] });
  // @ts-expect-error -- a feature of another currency
  await credits.grant({ ...promotional, currency: "tokens", features: ["gilt"] });
  // @ts-expect-error -- a paid grant states its cost
  await credits.grant({ ...keyed, currency: "tokens", amount: 1, category: "paid" });
  // @ts-expect-error -- a promotional one has none
  await credits.grant({ ...paid, category: "promotional", currency: "tokens" });
  // @ts-expect-error -- every grant has a category
  await credits.grant({ ...keyed, currency: "tokens", amount: 1 });
  // @ts-expect-error -- no such category
  await credits.grant({ ...keyed, currency: "tokens", amount: 1, category: "gift" });
  // @ts-expect-error -- no such option
  await credits.grant({ ...promotional, currency: "tokens", expires: "never" });
  // @ts-expect-error -- a grant is not made twice by mistake
  await credits.grant({ customerId, currency: "tokens", amount: 1, category: "promotional" });
  // @ts-expect-error -- an amount is a number
  await credits.grant({ ...promotional, currency: "tokens", amount: true });
}

export async function uses(): Promise<void> {
  await credits.withdraw({ ...keyed, feature: "chat", quantity: 1n, dimensions: { model: "large" } });
  await credits.withdraw({ ...keyed, currency: "tokens", amount: "1.5", partial: true });
  await credits.withdraw({
    ...keyed,
    items: [
      { feature: "chat", quantity: 1 },
      { feature: "image", quantity: 2 },
    ],
  });
  // @ts-expect-error -- no such feature
  await credits.withdraw({ ...keyed, feature: "speech", quantity: 1 });
  // @ts-expect-error -- no such currency
  await credits.withdraw({ ...keyed, currency: "coins", amount: 1 });
  // @ts-expect-error -- no key
  await credits.withdraw({ customerId, feature: "chat", quantity: 1 });
  // @ts-expect-error -- nothing used
  await credits.withdraw({ ...keyed });
  // @ts-expect-error -- no quantity
  await credits.withdraw({ ...keyed, feature: "chat" });
  // @ts-expect-error -- a feature has a quantity, not an amount
  await credits.withdraw({ ...keyed, feature: "chat", amount: 1 });
  const [chat, gilt] = [{ feature: "chat", quantity: 1 } as const, { feature: "gilt", quantity: 1 } as const];
  // @ts-expect-error -- two currencies in one event
  await credits.withdraw({ ...keyed, items: [chat, gilt] });
  // @ts-expect-error -- dimensions are texts
  await credits.withdraw({ ...keyed, feature: "chat", quantity: 1, dimensions: { size: 1 } });
  // @ts-expect-error -- a withdrawal has no timeout
  await credits.withdraw({ ...keyed, feature: "chat", quantity: 1, expiresIn: { minutes: 1 } });
  // @ts-expect-error -- a reservation has one
  await credits.reserve({ ...keyed, feature: "chat", quantity: 1 });
  // @ts-expect-error -- a duration is an object
  await credits.reserve({ ...keyed, feature: "chat", quantity: 1, expiresIn: 60 });
  // @ts-expect-error -- a check charges nothing and so has no key
  await credits.check({ customerId, idempotencyKey, feature: "chat", quantity: 1 });
}

/** One way at a time to say what was used. */
export async function mixedUses(): Promise<void> {
  const item = { feature: "chat", quantity: 1 } as const;
  // @ts-expect-error -- a feature and credits outright
  await credits.withdraw({ ...keyed, ...item, currency: "tokens", amount: 1 });
  // @ts-expect-error -- a feature and items
  await credits.withdraw({ ...keyed, ...item, items: [item] });
  // @ts-expect-error -- credits outright and items
  await credits.reserve({ ...keyed, currency: "tokens", amount: 1, items: [item], expiresIn: { hours: 1 } });
  // @ts-expect-error -- credits outright have no quantity
  await credits.check({ customerId, currency: "tokens", amount: 1, quantity: 1 });
  // @ts-expect-error -- nor have they dimensions
  await credits.estimate({ customerId, currency: "tokens", amount: 1, dimensions: {} });
  const reservationId = "rs_1";
  await credits.capture({ reservationId, idempotencyKey });
  await credits.capture({ reservationId, idempotencyKey, quantity: 1, final: false });
  // @ts-expect-error -- a quantity and an amount
  await credits.capture({ reservationId, idempotencyKey, quantity: 1, amount: 1 });
  // @ts-expect-error -- a quantity and items
  await credits.capture({ reservationId, idempotencyKey, quantity: 1, items: [item] });
}

export async function corrections(): Promise<void> {
  const wallet = { customerId, currency: "tokens" } as const;
  await credits.release({ reservationId: "r" });
  await credits.extend({ reservationId: "r", expiresIn: { minutes: 1 } });
  await credits.voidGrant({ grantId: "g" });
  await credits.amendGrant({ grantId: "g", priority: 1 });
  await credits.setPolicy({ ...wallet, policy: { mode: "soft", limit: 1 } });
  await credits.adjust({ ...wallet, amount: -1, actor: "a", reason: "r", idempotencyKey });
  // @ts-expect-error -- an adjustment has an actor
  await credits.adjust({ ...wallet, amount: -1, reason: "r", idempotencyKey });
  // @ts-expect-error -- and a reason
  await credits.adjust({ ...wallet, amount: -1, actor: "a", idempotencyKey });
  // @ts-expect-error -- and a key
  await credits.adjust({ ...wallet, amount: -1, actor: "a", reason: "r" });
  // @ts-expect-error -- a capture has a key
  await credits.capture({ reservationId: "r" });
  // @ts-expect-error -- so has a reversal
  await credits.reverse({ withdrawalId: "w" });
  // @ts-expect-error -- a refund
  await credits.refundGrant({ grantId: "g" });
  // @ts-expect-error -- and a transfer
  await credits.transfer({ from: "a", to: "b", currency: "tokens", amount: 1 });
  // @ts-expect-error -- no such currency
  await credits.transfer({ from: "a", to: "b", currency: "coins", amount: 1, idempotencyKey });
  // @ts-expect-error -- overage has a price
  await credits.setPolicy({ ...wallet, policy: { mode: "overage" } });
  // @ts-expect-error -- hard has no limit
  await credits.setPolicy({ ...wallet, policy: { mode: "hard", limit: 1 } });
}

export async function reads(): Promise<void> {
  const wallet = { customerId, currency: "tokens" } as const;
  await credits.ledger({ ...wallet, types: ["consumed"], feature: "chat", order: "desc" });
  // @ts-expect-error -- no such type of entry
  await credits.ledger({ ...wallet, types: ["eaten"] });
  // @ts-expect-error -- no such feature
  await credits.ledger({ ...wallet, feature: "speech" });
  // @ts-expect-error -- no such status
  await credits.grants({ ...wallet, status: "open" });
  // @ts-expect-error -- a balance is of one currency
  await credits.balance({ customerId });
  // @ts-expect-error -- the audit is of a customer, not of a currency
  await credits.audit({ customerId, currency: "tokens" });
}

/** An engine of one catalog is no engine of another. */
export function engines(): void {
  const other = defineCatalog({ currencies: { coins: { name: "Coins" } } });
  // @ts-expect-error -- its currencies are others
  const wrong: CreditEngine<typeof other> = credits;
  const right: CreditEngine<typeof catalog> = credits;
  // @ts-expect-error -- a store is needed
  createCreditEngine({ catalog });
  // @ts-expect-error -- a definition is not a catalog yet
  createCreditEngine({ catalog: { currencies: { tokens: { name: "T" } } }, store: memoryStore() });
  // @ts-expect-error -- a clock tells milliseconds
  createCreditEngine({ catalog, store: memoryStore(), clock: () => new Date() });
  void [wrong, right];
}

interface AppTransaction {
  readonly run: (sql: string) => Promise<void>;
}

/** What a store takes as a transaction, its engine takes, and nothing else. */
export async function transactions(store: CreditStore<AppTransaction>, tx: AppTransaction): Promise<void> {
  type Cat = typeof catalog;
  const joining = createCreditEngine({ catalog, store });
  expectTypeOf(joining).toEqualTypeOf<CreditEngine<Cat, AppTransaction>>();
  expectTypeOf(credits).toEqualTypeOf<CreditEngine<Cat>>();
  const scoped = joining.withTransaction(tx);
  expectTypeOf(scoped).toEqualTypeOf<ScopedCreditEngine<Cat>>();
  // @ts-expect-error -- no transaction of this store
  joining.withTransaction({});
  // @ts-expect-error -- no transaction at all
  joining.withTransaction();
  // @ts-expect-error -- a store in memory joins none
  credits.withTransaction(tx);
  // @ts-expect-error -- a transaction has none in it
  void scoped.withTransaction;
  // @ts-expect-error -- and is not closed
  void scoped.close;
  const withoutTransactions: CreditEngine<Cat> = joining;
  const verbs: readonly CreditVerbs<Cat>[] = [joining, credits, scoped];
  // @ts-expect-error -- this one joins no transactions
  const withTransactions: CreditEngine<Cat, AppTransaction> = credits;
  // @ts-expect-error -- the names come from the catalog here, too
  await scoped.withdraw({ ...keyed, feature: "speech", quantity: 1 });
  await checkStore(store);
  void [withoutTransactions, verbs, withTransactions];
}

/** Only dimensions that charts tell apart can be asked for. */
export async function charts(): Promise<void> {
  const charted = defineCatalog({
    currencies: { tokens: { name: "Tokens", chartDimensions: ["model", "user"] }, gold: { name: "Gold" } },
  });
  const engine = createCreditEngine({ catalog: charted, store: memoryStore() });
  const span = { customerId: "acme", currency: "tokens", from: 0, to: 1, every: "day" } as const;
  const [bucket] = await engine.usage({
    ...span,
    groupBy: { dimension: "user" },
    dimensions: { model: "large" },
  });
  expectTypeOf(bucket?.values[0]?.value).toEqualTypeOf<string | null | undefined>();
  // @ts-expect-error -- not charted
  await engine.usage({ ...span, groupBy: { dimension: "region" } });
  // @ts-expect-error -- not charted
  await engine.usage({ ...span, dimensions: { region: "eu" } });
  const uncharted = createCreditEngine({ catalog, store: memoryStore() });
  // @ts-expect-error -- none are charted
  await uncharted.usage({ ...span, groupBy: { dimension: "user" } });
  const chartsOfAny: UsageRequest<AnyCatalog> = { ...span, groupBy: { dimension: "any" } };
  void chartsOfAny;
}

export type AnyCatalog = Catalog;
export type AnyAttempt = Attempt<Decimal>;
