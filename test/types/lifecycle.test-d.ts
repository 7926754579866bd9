/** Requests that mean nothing do not compile. `tsc` is the test; nothing here runs. */
import { type Catalog, type CreditEngine, createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens" }, gold: { name: "Gold" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
  plans: { basic: { name: "Basic" }, pro: { name: "Pro" } },
});
const credits = createCreditEngine({ catalog, store: memoryStore() });
const subscriptionId = "sb";
const of = { subscriptionId, idempotencyKey: "k" } as const;

/** What is unused goes with a cancellation now; at the period's end it expires. */
export function cancelling(): void {
  void credits.cancelSubscription({ subscriptionId });
  void credits.cancelSubscription({ subscriptionId, when: "periodEnd", unused: "keep" });
  void credits.cancelSubscription({ subscriptionId, when: "now", unused: "refund" });
  // @ts-expect-error at the period's end nothing is refunded
  void credits.cancelSubscription({ subscriptionId, when: "periodEnd", unused: "refund" });
  // @ts-expect-error the period's end is the default
  void credits.cancelSubscription({ subscriptionId, unused: "void" });
}

/** A change changes something, and prorates what is cut short. */
export function changing(): void {
  void credits.changePlan({ ...of, plan: "pro" });
  void credits.changePlan({ ...of, quantity: 2, when: "periodEnd" });
  void credits.changePlan({ ...of, plan: "pro", quantity: 2, when: "now", proration: "full" });
  const cost = { amount: 1, currency: "USD" };
  void credits.changePlan({ ...of, plan: "pro", proration: "difference", cost });
  const given: { readonly plan?: "pro"; readonly quantity: number } = { quantity: 1 };
  void credits.changePlan({ ...of, ...given });
  // @ts-expect-error neither plan nor quantity
  void credits.changePlan(of);
  // @ts-expect-error nothing to prorate at the period's end
  void credits.changePlan({ ...of, plan: "pro", when: "periodEnd", proration: "difference" });
  // @ts-expect-error a cost is that of a difference
  void credits.changePlan({ ...of, plan: "pro", proration: "full", cost });
  // @ts-expect-error no such plan
  void credits.changePlan({ ...of, plan: "gold" });
}

/** Credits are converted into others. */
export function converting(): void {
  const terms = { customerId: "a", rate: 2, actor: "me", reason: "asked", idempotencyKey: "k" } as const;
  void credits.convert({ ...terms, from: "tokens", to: "gold" });
  // @ts-expect-error into themselves
  void credits.convert({ ...terms, from: "tokens", to: "tokens" });
  // @ts-expect-error no such currency
  void credits.convert({ ...terms, from: "tokens", to: "silver" });
  // Names that are known only when it runs are checked then.
  const any = credits as unknown as CreditEngine<Catalog>;
  void any.convert({ ...terms, from: "x", to: "y" });
}

/** A cap is one per period. */
export function capping(): void {
  const owner = { customerId: "a", currency: "tokens", dimension: "user", value: "u" } as const;
  void credits.setBudget({ ...owner, limit: 100, every: { months: 1 } });
  void credits.setBudget({ ...owner, limit: null });
  // @ts-expect-error a limit of what period?
  void credits.setBudget({ ...owner, limit: 100 });
}
