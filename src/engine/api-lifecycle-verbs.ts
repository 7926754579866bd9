import type { Catalog } from "../catalog/define.js";
import type {
  AddAddOnRequest,
  CancelSubscriptionRequest,
  ChangePlanRequest,
  ConvertRequest,
  EndScheduleRequest,
  RemoveAddOnRequest,
  Schedule,
  ScheduleRequest,
  ScheduleResult,
  SubscribeRequest,
  Subscription,
  SubscriptionRef,
  SubscriptionResult,
} from "./api-lifecycle.js";
import type { Budget, BudgetChange, SetBudgetRequest } from "./api-budgets.js";
import type { CustomerRef, WalletRef } from "./api-requests.js";
import type { Transfer } from "./api-results.js";

/** Recurring credits and plans. */
export interface LifecycleVerbs<C extends Catalog> {
  /**
   * Caps what one value of a dimension draws per period: a user, a key, a team, with a parent that counts it, too. Use
   * that names the value is denied past the cap, in the same decision; what reservations hold counts, and what is reversed
   * is given back. Counting begins when the budget is set.
   *
   * @throws CreditError `invalid_input` (a parent that is not there, or leads back), `over_limit`
   * @example
   * ```ts
   * await credits.setBudget({
   *   customerId: "acme",
   *   currency: "tokens",
   *   dimension: "user",
   *   value: "u_7",
   *   limit: 100,
   *   every: { months: 1 },
   * });
   * ```
   */
  setBudget(request: SetBudgetRequest<C>): Promise<BudgetChange>;

  /** The budgets of a wallet, as they stand in their periods. */
  budgets(request: WalletRef<C>): Promise<readonly Budget[]>;

  /**
   * Begins recurring credits that belong to no plan: the same amount each period, by the calendar of a zone. Nobody needs to
   * be there when a period begins: whoever looks at the wallet next finds its credits, as of the instant at which they came.
   *
   * @throws CreditError `idempotency_conflict`, `over_limit`
   * @example
   * ```ts
   * await credits.schedule({
   *   customerId: "acme",
   *   currency: "tokens",
   *   amount: 100,
   *   every: { days: 1 },
   *   category: "promotional",
   *   idempotencyKey: "daily-free",
   * });
   * ```
   */
  schedule(request: ScheduleRequest<C>): Promise<ScheduleResult>;

  /**
   * Ends recurring credits, now or with the period under way. What was granted stays, and nothing of it rolls over any more.
   *
   * @throws CreditError `schedule_not_found`
   */
  endSchedule(request: EndScheduleRequest): Promise<ScheduleResult>;

  /** Recurring credits of a wallet that have not ended. */
  schedules(request: WalletRef<C>): Promise<readonly Schedule[]>;

  /**
   * Turns free credits of one currency into those of another, at a rate, atomically: for a customer who moves to another
   * price model. One new grant for each that is drawn, with its money, category, priority and expiry; credits are rounded
   * down to the scale of the other currency.
   *
   * @throws CreditError `insufficient_credits`, `invalid_input` (a restriction without its counterpart; a part that rounds
   *   to nothing), `idempotency_conflict`
   */
  convert(request: ConvertRequest<C>): Promise<Transfer>;

  /**
   * Begins a plan: its credits, rates and policy. All wallets of its currencies change in one transaction.
   *
   * @throws CreditError `unknown_plan`, `idempotency_conflict`, `over_limit`
   * @example
   * ```ts
   * const subscription = await credits.subscribe({ customerId: "acme", plan: "pro", idempotencyKey: "signup" });
   * await credits.changePlan({
   *   subscriptionId: subscription.id,
   *   quantity: 5,
   *   proration: "difference",
   *   idempotencyKey: "five seats",
   * });
   * ```
   */
  subscribe(request: SubscribeRequest<C>): Promise<SubscriptionResult>;

  /**
   * Another plan, another quantity, or both; now or with the period's end. It takes back a cancellation that was to come.
   *
   * @throws CreditError `subscription_not_found`, `unknown_plan`, `idempotency_conflict`
   */
  changePlan(request: ChangePlanRequest<C>): Promise<SubscriptionResult>;

  /** Attaches another plan. @throws CreditError `subscription_not_found`, `unknown_plan`, `idempotency_conflict` */
  addAddOn(request: AddAddOnRequest<C>): Promise<SubscriptionResult>;

  /** Takes an add-on away. @throws CreditError `subscription_not_found` */
  removeAddOn(request: RemoveAddOnRequest<C>): Promise<SubscriptionResult>;

  /** Stops refills, and nothing else. @throws CreditError `subscription_not_found` */
  pauseSubscription(request: SubscriptionRef): Promise<SubscriptionResult>;

  /** Lets refills come again; the period under way comes now if it had none. @throws CreditError `subscription_not_found` */
  resumeSubscription(request: SubscriptionRef): Promise<SubscriptionResult>;

  /** Ends a subscription. Cancelling twice is harmless. @throws CreditError `subscription_not_found` */
  cancelSubscription(request: CancelSubscriptionRequest): Promise<SubscriptionResult>;

  /** One subscription. @throws CreditError `subscription_not_found` */
  subscription(request: { readonly subscriptionId: string }): Promise<Subscription>;

  /** All subscriptions of a customer, oldest first; ended ones, too. */
  subscriptions(request: CustomerRef): Promise<readonly Subscription[]>;
}
