import type { Catalog } from "../catalog/define.js";
import type { BillingVerbs, PaymentVerbs } from "./api-billing.js";
import type { RunDueRequest, Runner, StartRunnerOptions } from "./api-runner.js";
import type { RunResult } from "./runner.js";
import type { Forecast, ForecastRequest } from "./api-lifecycle.js";
import type { RateVerbs } from "./api-rates.js";
import type { LifecycleVerbs } from "./api-lifecycle-verbs.js";
import type { CatalogVersionVerbs } from "./api-catalog.js";
import type { EventVerbs, SetThresholdsRequest, ThresholdsChange } from "./api-events.js";
import type {
  AdjustRequest,
  AmendGrantRequest,
  AuditRequest,
  BalanceRequest,
  CaptureRequest,
  CheckRequest,
  ExplainRequest,
  ExtendRequest,
  GrantRequest,
  GrantsRequest,
  LedgerRequest,
  RefundGrantRequest,
  ReleaseRequest,
  ReserveRequest,
  ReverseRequest,
  SetPolicyRequest,
  TransferRequest,
  UsageRequest,
  VoidGrantRequest,
  WalletRef,
  WithdrawRequest,
} from "./api-requests.js";
import type {
  Adjustment,
  Attempt,
  Grant,
  GrantResult,
  PolicyChange,
  Refund,
  Reservation,
  Reversal,
  Transfer,
  Withdrawal,
} from "./api-results.js";
import type {
  AuditRecord,
  Balance,
  Check,
  Estimate,
  Explanation,
  LedgerEntry,
  LedgerVerification,
  Page,
  UsageBucket,
} from "./api-read-results.js";

/**
 * The verbs of credits, typed by the catalog: those of an engine, and of an engine within a transaction. A function that
 * takes `CreditVerbs` works with both. Every verb may throw a `CreditError`: `invalid_input`, `unknown_currency`
 * and `unknown_feature` before anything is read, `store_unavailable` and `store_conflict` (both retryable with the same
 * key) where the store fails; those named below are the verb's own. A verb that throws has changed nothing.
 */
export interface CreditVerbs<C extends Catalog> extends LifecycleVerbs<C>, PaymentVerbs<C> {
  /**
   * Puts credits into a wallet. Debts that they may pay are settled at once.
   *
   * @throws CreditError `idempotency_conflict`, `over_limit`
   */
  grant(request: GrantRequest<C>): Promise<GrantResult>;

  /**
   * Takes credits for use, all or nothing: by feature and quantity, by amount, or several features as one event.
   *
   * @throws CreditError `insufficient_credits` (details: price, available, shortfall), `consent_required`, `no_rate`,
   *   `occurred_at_out_of_window`, `idempotency_conflict`, `over_limit`
   */
  withdraw(request: WithdrawRequest<C>): Promise<Withdrawal>;

  /** As `withdraw`, with the `CreditError` as a value. */
  tryWithdraw(request: WithdrawRequest<C>): Promise<Attempt<Withdrawal>>;

  /** Many withdrawals, each for itself: one outcome per request, in order. Those of one wallet are decided in order. */
  withdrawMany(requests: readonly WithdrawRequest<C>[]): Promise<readonly Attempt<Withdrawal>[]>;

  /**
   * Pins credits to grants for a bounded time, before work whose use is not known yet. Writes no ledger entry.
   *
   * @throws CreditError as `withdraw`
   */
  reserve(request: ReserveRequest<C>): Promise<Reservation>;

  /**
   * Charges what was used of a reservation: less, all, or more than was held. Without `strict` it never fails for lack of
   * credits: what is there is taken, and the rest is the `shortfall`.
   *
   * @throws CreditError `reservation_not_found`, `reservation_closed`, `idempotency_conflict`, `no_rate`; under `strict`
   *   also `reservation_expired`, `insufficient_credits`, `consent_required`
   */
  capture(request: CaptureRequest<C>): Promise<Withdrawal>;

  /**
   * Gives back what a reservation holds. Releasing twice is harmless.
   *
   * @throws CreditError `reservation_not_found`, `reservation_closed` (it was captured finally)
   */
  release(request: ReleaseRequest): Promise<Reservation>;

  /**
   * Moves a reservation's timeout to `expiresIn` from now.
   *
   * @throws CreditError `reservation_not_found`, `reservation_closed`, `reservation_expired`
   */
  extend(request: ExtendRequest): Promise<Reservation>;

  /**
   * Takes a grant's free credits away for good; held ones go when they are freed.
   *
   * @throws CreditError `grant_not_found`, `grant_closed` (it has expired)
   */
  voidGrant(request: VoidGrantRequest): Promise<GrantResult>;

  /**
   * Changes a grant's expiry, priority, name or metadata.
   *
   * @throws CreditError `grant_not_found`, `grant_closed` (it has expired or was voided)
   */
  amendGrant(request: AmendGrantRequest): Promise<GrantResult>;

  /**
   * A manual correction: up is a new promotional grant, down takes free credits, never below zero.
   *
   * @throws CreditError `insufficient_credits`, `grant_not_found`, `grant_closed`, `idempotency_conflict`
   */
  adjust(request: AdjustRequest<C>): Promise<Adjustment>;

  /**
   * Takes a withdrawal back, wholly or partly: overage first, then open debt, then draws, last first.
   *
   * @throws CreditError `withdrawal_not_found`, `invalid_input` (more than is left), `idempotency_conflict`
   */
  reverse(request: ReverseRequest): Promise<Reversal>;

  /**
   * Gives free credits of a paid grant back for their deferred money. Moves no money itself: `cost` says what to pay.
   *
   * @throws CreditError `grant_not_found`, `grant_closed`, `insufficient_credits`, `idempotency_conflict`
   */
  refundGrant(request: RefundGrantRequest): Promise<Refund>;

  /**
   * Moves free credits to another wallet of the same currency, with their money and terms, atomically.
   *
   * @throws CreditError `insufficient_credits`, `idempotency_conflict`, `unsupported`
   */
  transfer(request: TransferRequest<C>): Promise<Transfer>;

  /** Sets what happens past zero from now on. Nothing owed is forgiven or converted. */
  setPolicy(request: SetPolicyRequest<C>): Promise<PolicyChange>;

  /** Sets at what events tell that little is left in this wallet. What was crossed before is not told for that. */
  setThresholds(request: SetThresholdsRequest<C>): Promise<ThresholdsChange>;

  /**
   * When will it run out, what expires unused, when is the next refill: the wallet's own rules, run ahead, beside use at an
   * even pace. Changes nothing and promises nothing.
   */
  forecast(request: ForecastRequest<C>): Promise<Forecast>;

  /** What a wallet holds, now or at a past instant. An unused wallet reads as empty. */
  balance(request: BalanceRequest<C>): Promise<Balance>;

  /** Would a withdrawal pass, and how much would? Changes nothing and promises nothing: to be sure, reserve. */
  check(request: CheckRequest<C>): Promise<Check>;

  /** What `check` says, and the draws that the withdrawal would make. */
  estimate(request: CheckRequest<C>): Promise<Estimate>;

  /** The burn order and why, grant by grant; the policy; which rate applies and why. */
  explain(request: ExplainRequest<C>): Promise<Explanation>;

  /** Grants of a wallet, oldest first. */
  grants(request: GrantsRequest<C>): Promise<Page<Grant>>;

  /** Ledger entries of a wallet, by number. */
  ledger(request: LedgerRequest<C>): Promise<Page<LedgerEntry>>;

  /**
   * What was used, for charts: one bucket for each hour, day, week or month by the clocks of a zone, empty ones too. It
   * comes from counters that are kept in the same commit as the use itself, so it is exact, immediate, and takes no longer
   * as the ledger grows.
   *
   * @throws CreditError `over_limit` for more than 1,000 buckets
   * @example
   * ```ts
   * const week = await credits.usage({
   *   customerId: "acme",
   *   currency: "tokens",
   *   from: "2026-01-05T00:00:00+01:00",
   *   to: "2026-01-12T00:00:00+01:00",
   *   every: "day",
   *   timeZone: "Europe/Berlin",
   *   groupBy: "feature",
   * });
   * for (const { from, amount, features } of week) console.log(from, amount.toString(), features);
   * ```
   */
  usage(request: UsageRequest<C>): Promise<readonly UsageBucket[]>;

  /** Every mutation of a customer's wallets: who, when, what, why; oldest first. */
  audit(request: AuditRequest): Promise<Page<AuditRecord>>;

  /** Reads a wallet's whole ledger and checks numbers, instants, sums and the hash chain against its head. */
  verifyLedger(request: WalletRef<C>): Promise<LedgerVerification>;
}

/**
 * The verbs over a store. `Tx` is what the store takes as a transaction of the app; `never` where it can join none, so
 * that an engine over any store may stand where no transactions are wanted.
 */
export interface CreditEngine<C extends Catalog, Tx = never>
  extends CreditVerbs<C>, BillingVerbs<C>, EventVerbs, RateVerbs<C>, CatalogVersionVerbs {
  /**
   * The same verbs within a transaction of the app: credits move if, and only if, the app commits. It reads and writes
   * through that transaction, and wallets that it changes stay locked until the app ends it, so keep it short. Its calls
   * are done one at a time, in the order in which they were made, and each reads what those before it wrote.
   *
   * A denial (`insufficient_credits` and its like) leaves the transaction usable. After `store_conflict` and
   * `store_unavailable` it is not: roll back, and run all of it again with the same idempotency keys. These two are never
   * tried again inside. Nothing that was said within a transaction counts once it was rolled back.
   *
   * Written as a property, so that its parameter is checked strictly.
   *
   * @throws CreditError `unsupported` where the store joins no transactions, `invalid_input` without a transaction
   * @example
   * ```ts
   * import type { CreditEngine } from "coffer";
   *
   * interface Transaction {
   *   commit(): Promise<void>;
   *   rollback(): Promise<void>;
   * }
   *
   * async function order(credits: CreditEngine<typeof catalog, Transaction>, tx: Transaction): Promise<void> {
   *   const scoped = credits.withTransaction(tx);
   *   try {
   *     // Beside this, the app's own writes through the same transaction.
   *     await scoped.withdraw({ customerId: "acme", feature: "chat", quantity: 1500, idempotencyKey: "order_7" });
   *     await tx.commit();
   *     scoped.committed();
   *   } catch (error) {
   *     await tx.rollback();
   *     scoped.rolledBack();
   *     throw error;
   *   }
   * }
   * ```
   */
  readonly withTransaction: (tx: Tx) => ScopedCreditEngine<C>;

  /**
   * Makes durable what time alone has made due: expiries, refills, rollovers, timeouts. Balances and decisions are right
   * without it; it makes listings, events and reports timely. Any number of processes may run it at once.
   */
  runDue(request?: RunDueRequest): Promise<RunResult>;

  /**
   * Runs `runDue` now and again after each pause, until it is stopped or the engine is closed.
   *
   * @example
   * ```ts
   * const runner = credits.startRunner({ every: { seconds: 5 } });
   * await runner.stop();
   * ```
   */
  startRunner(options: StartRunnerOptions): Runner;

  /** Lets everything under way finish, refuses what comes after, and closes the store. */
  close(): Promise<void>;
}

/**
 * An engine within one transaction of the app. Say how the transaction ended; what is called afterwards is refused as
 * `unsupported`. Saying it late, or never, costs other calls a try, and is never wrong otherwise.
 */
export interface ScopedCreditEngine<C extends Catalog> extends CreditVerbs<C> {
  /** After the app's commit was acknowledged. Said after the end, it does nothing. */
  committed(): void;

  /** After a rollback, and where nobody knows whether the commit went through. Said after the end, it does nothing. */
  rolledBack(): void;
}
