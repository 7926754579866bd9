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
import { expectTypeOf } from "vitest";

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
});
const credits = createCreditEngine({ catalog, store: memoryStore() });
type Engine = typeof credits;
type Result<Verb extends keyof Engine> = Awaited<ReturnType<Engine[Verb]>>;

export function amountsAndInstants(): void {
  expectTypeOf<Result<"withdraw">>().toEqualTypeOf<Withdrawal>();
  expectTypeOf<Withdrawal["amount"]>().toEqualTypeOf<Decimal>();
  expectTypeOf<Withdrawal["available"]>().toEqualTypeOf<Decimal>();
  expectTypeOf<Withdrawal["replayed"]>().toEqualTypeOf<boolean>();
  expectTypeOf<Grant["remaining"]>().toEqualTypeOf<Decimal>();
  expectTypeOf<Grant["effectiveAt"]>().toEqualTypeOf<Date>();
  expectTypeOf<Grant["expiresAt"]>().toEqualTypeOf<Date | null>();
  expectTypeOf<Grant["cost"]>().toEqualTypeOf<Money | null>();
  expectTypeOf<Money["amount"]>().toEqualTypeOf<Decimal>();
  expectTypeOf<Result<"reserve">["expiresAt"]>().toEqualTypeOf<Date>();
  expectTypeOf<Result<"balance">>().toEqualTypeOf<Balance>();
  expectTypeOf<Balance["expiring"][number]["at"]>().toEqualTypeOf<Date>();
  expectTypeOf<Check["affordable"]>().toEqualTypeOf<Decimal | null>();
  expectTypeOf<LedgerEntry["recordedAt"]>().toEqualTypeOf<Date>();
  expectTypeOf<LedgerEntry["quantity"]>().toEqualTypeOf<Decimal | null>();
  expectTypeOf<Result<"ledger">["items"][number]>().toEqualTypeOf<LedgerEntry>();
  expectTypeOf<Result<"ledger">["next"]>().toEqualTypeOf<string | null>();
  expectTypeOf<Result<"withdrawMany">>().toEqualTypeOf<readonly Attempt<Withdrawal>[]>();
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
  if (attempt.ok) expectTypeOf<typeof attempt.value>().toEqualTypeOf<Withdrawal>();
  else expectTypeOf<typeof attempt.error>().toEqualTypeOf<CreditError>();
  const verification: LedgerVerification = await credits.verifyLedger({
    customerId: "acme",
    currency: "tokens",
  });
  // @ts-expect-error -- only where something is wrong
  void verification.wrong;
  if (!verification.ok) expectTypeOf<typeof verification.wrong.seq>().toEqualTypeOf<number>();
  const policy = {} as Policy;
  // @ts-expect-error -- only overage has a price
  void policy.price;
  if (policy.mode === "overage") expectTypeOf<typeof policy.price>().toEqualTypeOf<Money>();
}

export function errors(error: unknown): void {
  if (CreditError.is(error, "insufficient_credits"))
    expectTypeOf<typeof error.code>().toEqualTypeOf<CreditErrorCode>();
  // @ts-expect-error -- no such code
  CreditError.is(error, "out_of_luck");
}

/** Results are the caller's to read. */
export async function readonlyResults(): Promise<void> {
  const wallet = { customerId: "acme", currency: "tokens" } as const;
  const { items } = await credits.grants(wallet);
  expectTypeOf(items).not.toHaveProperty("push");
  const [grant] = items;
  // @ts-expect-error -- nor are they changed
  if (grant !== undefined) grant.priority = 1;
  expectTypeOf<NonNullable<Grant["features"]>>().not.toHaveProperty("push");
  const balance = await credits.balance(wallet);
  // @ts-expect-error -- nor is a balance
  balance.available = balance.held;
  // @ts-expect-error -- a catalog is fixed
  catalog.currencies.tokens.name = "Coins";
  expectTypeOf(catalog.compiled.features).not.toHaveProperty("clear");
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
