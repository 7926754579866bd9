/** What comes out: decimals, dates, and nothing that may be written to. `tsc` is the test; nothing here runs. */
import {
  type Attempt,
  type Balance,
  type Check,
  CreditError,
  type CreditErrorCode,
  type Decimal,
  type Grant,
  type LedgerEntry,
  type LedgerVerification,
  type Money,
  type Policy,
  type Withdrawal,
  createCreditEngine,
  defineCatalog,
} from "coffer";
import { memoryStore } from "coffer/memory";
import { type Equal, holds } from "./support.js";

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
});
const credits = createCreditEngine({ catalog, store: memoryStore() });
type Engine = typeof credits;
type Result<Verb extends keyof Engine> = Awaited<ReturnType<Engine[Verb]>>;

export function amountsAndInstants(): void {
  holds<Equal<Result<"withdraw">, Withdrawal>>();
  holds<Equal<Withdrawal["amount"], Decimal>>();
  holds<Equal<Withdrawal["available"], Decimal>>();
  holds<Equal<Withdrawal["replayed"], boolean>>();
  holds<Equal<Grant["remaining"], Decimal>>();
  holds<Equal<Grant["effectiveAt"], Date>>();
  holds<Equal<Grant["expiresAt"], Date | null>>();
  holds<Equal<Grant["cost"], Money | null>>();
  holds<Equal<Money["amount"], Decimal>>();
  holds<Equal<Result<"reserve">["expiresAt"], Date>>();
  holds<Equal<Result<"balance">, Balance>>();
  holds<Equal<Balance["expiring"][number]["at"], Date>>();
  holds<Equal<Check["affordable"], Decimal | null>>();
  holds<Equal<LedgerEntry["recordedAt"], Date>>();
  holds<Equal<LedgerEntry["quantity"], Decimal | null>>();
  holds<Equal<Result<"ledger">["items"][number], LedgerEntry>>();
  holds<Equal<Result<"ledger">["next"], string | null>>();
  holds<Equal<Result<"withdrawMany">, readonly Attempt<Withdrawal>[]>>();
}

/** What is one of several is told apart before it is used. */
export async function unions(): Promise<void> {
  const attempt = await credits.tryWithdraw({
    customerId: "acme",
    feature: "chat",
    quantity: 1,
    idempotencyKey: "k",
  });
  // @ts-expect-error -- it may have failed
  void attempt.value;
  if (attempt.ok) holds<Equal<typeof attempt.value, Withdrawal>>();
  else holds<Equal<typeof attempt.error, CreditError>>();
  const verification: LedgerVerification = await credits.verifyLedger({
    customerId: "acme",
    currency: "tokens",
  });
  // @ts-expect-error -- only where something is wrong
  void verification.wrong;
  if (!verification.ok) holds<Equal<typeof verification.wrong.seq, number>>();
  const policy = {} as Policy;
  // @ts-expect-error -- only overage has a price
  void policy.price;
  if (policy.mode === "overage") holds<Equal<typeof policy.price, Money>>();
}

export function errors(error: unknown): void {
  if (CreditError.is(error, "insufficient_credits")) holds<Equal<typeof error.code, CreditErrorCode>>();
  // @ts-expect-error -- no such code
  CreditError.is(error, "out_of_luck");
}

/** Results are the caller's to read. */
export async function readonlyResults(): Promise<void> {
  const wallet = { customerId: "acme", currency: "tokens" } as const;
  const { items } = await credits.grants(wallet);
  // @ts-expect-error -- a list of results is not appended to
  items.push(...items);
  const [grant] = items;
  // @ts-expect-error -- nor are they changed
  if (grant !== undefined) grant.priority = 1;
  // @ts-expect-error -- at no depth
  grant?.features?.push("chat");
  const balance = await credits.balance(wallet);
  // @ts-expect-error -- nor is a balance
  balance.available = balance.held;
  // @ts-expect-error -- a catalog is fixed
  catalog.currencies.tokens.name = "Coins";
  // @ts-expect-error -- and so is what was made of it
  catalog.compiled.features.clear();
}

/** Requests may be frozen, and lists readonly. */
export async function readonlyRequests(): Promise<void> {
  const request = Object.freeze({
    customerId: "acme",
    items: Object.freeze([Object.freeze({ feature: "chat", quantity: "1" } as const)]),
    idempotencyKey: "k",
  });
  await credits.withdraw(request);
  await credits.withdrawMany(Object.freeze([request]));
  const features: readonly "chat"[] = ["chat"];
  await credits.grant({
    customerId: "acme",
    currency: "tokens",
    amount: 1n,
    category: "promotional",
    features,
    idempotencyKey: "k",
  });
}
