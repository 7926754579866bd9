import type { Catalog } from "../catalog/define.js";
import type { MoneyInput } from "../catalog/definition.js";
import type { Duration } from "../core/calendar.js";
import type { Decimal, DecimalInput } from "../core/decimal.js";
import type { HarmlessMutation, KeyedMutation, WalletRef } from "./api-requests.js";
import type { Grant, GrantResult, Money, Replayable } from "./api-results.js";
import type { Page } from "./api-read-results.js";
import type { Payment } from "./billing/port.js";

/** What to buy: so many credits, what so much money buys, or packages by name. Just one of them. */
export type TopUpPurchase =
  | { readonly credits: DecimalInput; readonly money?: undefined; readonly package?: undefined }
  | { readonly money: MoneyInput; readonly credits?: undefined; readonly package?: undefined }
  | {
      readonly package: string;
      /** How many; default 1. */
      readonly packages?: number | undefined;
      readonly credits?: undefined;
      readonly money?: undefined;
    };

export type QuoteTopUpRequest<C extends Catalog> = WalletRef<C> &
  TopUpPurchase & {
    /** ISO 4217; default: the first money that the currency is sold for. */
    readonly payIn?: string | undefined;
  };

export interface TopUpQuote {
  readonly credits: Decimal;
  readonly package: string | null;
  /** Without tax: the cost of the grant. */
  readonly subtotal: Money;
  /** By the billing provider; zero where it quotes none. */
  readonly tax: Money;
  readonly total: Money;
  /** What would be there to spend, debts settled. */
  readonly availableAfter: Decimal;
}

export type TopUpRequest<C extends Catalog> = QuoteTopUpRequest<C> &
  KeyedMutation & { readonly displayName?: string | undefined };

export type TopUpStatus = "pending" | "completed" | "failed" | "canceled";

/** What is known of a payment. */
export interface TopUpPaymentInfo {
  /** The provider's; null: it has not answered yet. */
  readonly id: string | null;
  /** Why it failed, or was given up. */
  readonly reason: string | null;
  readonly tax: Money | null;
  readonly total: Money | null;
  /** Where the customer pays or confirms, while it is pending. */
  readonly actionUrl: string | null;
  readonly receiptUrl: string | null;
  readonly invoiceUrl: string | null;
  /** Given back so far, tax included. */
  readonly refunded: Money;
}

/** A purchase of credits. */
export interface TopUp {
  readonly id: string;
  readonly customerId: string;
  readonly scope: string | undefined;
  readonly currency: string;
  readonly status: TopUpStatus;
  /** By the customer, or by the wallet itself. */
  readonly by: "customer" | "auto";
  readonly credits: Decimal;
  readonly package: string | null;
  /** Without tax. */
  readonly price: Money;
  /** It waits, `pending`, until the money is there. */
  readonly grantId: string;
  readonly payment: TopUpPaymentInfo;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface TopUpResult extends Replayable {
  readonly status: TopUpStatus;
  readonly topUp: TopUp;
  /** As it is now; undefined where nothing will come of it. */
  readonly grant: Grant | undefined;
  readonly payment: TopUpPaymentInfo;
  readonly available: Decimal;
}

export interface RecordPaymentRequest extends HarmlessMutation {
  readonly topUpId: string;
  readonly payment: Payment;
}

export interface TopUpRef extends HarmlessMutation {
  readonly topUpId: string;
}

export interface RefundTopUpRequest extends KeyedMutation {
  readonly topUpId: string;
  /** Credits; default: all that are free. */
  readonly amount?: DecimalInput | undefined;
}

export interface TopUpRefund extends Replayable {
  readonly topUp: TopUp;
  readonly amount: Decimal;
  /** The deferred money of these credits. */
  readonly cost: Money;
  /** What the customer gets back, tax included. */
  readonly total: Money;
  readonly status: "pending" | "succeeded" | "failed";
  readonly available: Decimal;
}

export interface TopUpsRequest<C extends Catalog> extends WalletRef<C> {
  readonly status?: TopUpStatus | readonly TopUpStatus[] | undefined;
  readonly after?: string | undefined;
  /** 1–1,000, default 100. */
  readonly limit?: number | undefined;
}

/** What a period may cost at most: at least one of `count` and `money`. */
export type AutoTopUpCaps = {
  readonly every: Duration;
} & (
  | { readonly count: number; readonly money?: DecimalInput | undefined }
  | { readonly count?: number | undefined; readonly money: DecimalInput }
);

export type SetAutoTopUpRequest<C extends Catalog> = WalletRef<C> &
  HarmlessMutation & {
    /** Credits: where net is at it, or below, credits are bought. */
    readonly threshold: DecimalInput;
    /** Purchases (`count`) and money without tax (`money`, major units) in one period. */
    readonly caps: AutoTopUpCaps;
    /** ISO 4217; default: the first money that the currency is sold for. */
    readonly payIn?: string | undefined;
    /** How long bought credits live; default: as the catalog says. */
    readonly expiresIn?: Duration | undefined;
  } & (
    | {
        /** Buys what lifts net to this; above `threshold`. */
        readonly target: DecimalInput;
        readonly packs?: undefined;
      }
    | {
        /** Buys the fewest packs that lift net above the threshold: packs of so many credits, or packages of the catalog. */
        readonly packs: { readonly of: DecimalInput } | { readonly package: string };
        readonly target?: undefined;
      }
  );

export interface AutoTopUp {
  readonly threshold: Decimal;
  readonly target: Decimal | null;
  readonly packs: { readonly of: Decimal; readonly package: string | null } | null;
  readonly caps: { readonly count: number | null; readonly money: Money | null; readonly every: Duration };
  readonly payIn: string;
  readonly expiresIn: Duration | null;
  readonly status: "watching" | "in_flight" | "retrying" | "capped" | "paused";
  /**
   * Why it does nothing until it is resumed: too many failures, the catalog has no price for what it buys, or money of a
   * purchase went back.
   */
  readonly paused: "failures" | "no_price" | "refunded" | null;
  /** The purchase under way. */
  readonly topUpId: string | null;
  /** In a row. */
  readonly failures: number;
  readonly retryAt: Date | null;
  /** Of the period of the caps. */
  readonly bought: {
    readonly count: number;
    readonly money: Money;
    readonly since: Date;
    readonly resetsAt: Date;
  };
}

export interface AutoTopUpChange extends Replayable {
  /** Null: there is none. */
  readonly autoTopUp: AutoTopUp | null;
}

export interface MarkGrantPaidRequest extends HarmlessMutation {
  readonly grantId: string;
  /** Of the provider. */
  readonly paymentId?: string | undefined;
  readonly invoiceUrl?: string | undefined;
  readonly receiptUrl?: string | undefined;
}

/** Purchases, as far as they need no provider: within a transaction of the app, too. */
export interface PaymentVerbs<C extends Catalog> {
  /**
   * Records what the provider tells of the payment of a top-up. Notifications may come in any order and as often as they
   * like: credits come in once, at the first word that the money is there, even where it was said to have failed before; what
   * was given back takes the same share of the credits, as far as they are free, once.
   *
   * @throws CreditError `top_up_not_found`, `invalid_input` (another money than the top-up's)
   */
  recordPayment(request: RecordPaymentRequest): Promise<TopUpResult>;

  /** Purchases of a wallet, oldest first. */
  topUps(request: TopUpsRequest<C>): Promise<Page<TopUp>>;

  /**
   * Lets a wallet buy credits by itself. Each commit that leaves net at the threshold, or below, records one purchase, unless
   * one is under way or a cap says no; the process that wrote it charges it at once, and any process with `billing` does
   * where that one died. Caps are required, and counted in the same commit: no more can be bought than they say. What fails
   * is tried again after an hour, 6 hours and a day, then it pauses until `resumeAutoTopUp`.
   *
   * @throws CreditError `invalid_input` (no price for it in the catalog, a target that is not above the threshold)
   */
  setAutoTopUp(request: SetAutoTopUpRequest<C>): Promise<AutoTopUpChange>;

  /** Takes it off. A purchase under way goes on. */
  removeAutoTopUp(request: WalletRef<C> & HarmlessMutation): Promise<AutoTopUpChange>;

  /** After too many failures: tries again, now. */
  resumeAutoTopUp(request: WalletRef<C> & HarmlessMutation): Promise<AutoTopUpChange>;

  /** How it stands; null: there is none. */
  autoTopUp(request: WalletRef<C>): Promise<AutoTopUp | null>;

  /**
   * The credits of a grant that was made with `awaitsPayment` come in, once. Until then it is `pending` and counts for
   * nothing; `voidGrant` cancels it.
   *
   * @throws CreditError `grant_not_found`, `grant_closed` (it was canceled, or its expiry has passed)
   */
  markGrantPaid(request: MarkGrantPaidRequest): Promise<GrantResult>;
}

/** Purchases through the billing provider of the engine: outside of transactions, since the provider knows none. */
export interface BillingVerbs<C extends Catalog> {
  /**
   * What a purchase would cost, and what would be there after it. Changes nothing.
   *
   * @throws CreditError `invalid_input` (not sold so), `unsupported` (the currency is not sold)
   */
  quoteTopUp(request: QuoteTopUpRequest<C>): Promise<TopUpQuote>;

  /**
   * Buys credits: a pending grant is stored first, then the provider is asked for the money under the top-up's id as its
   * key. The answer may be `pending`: the customer has yet to pay (`payment.actionUrl`), or the provider has not answered;
   * then its notification (`recordPayment`), or the engine's own asking again, completes it.
   *
   * @throws CreditError `unsupported` (no `billing`), `invalid_input`, `idempotency_conflict`, `over_limit`
   */
  topUp(request: TopUpRequest<C>): Promise<TopUpResult>;

  /** Asks the provider what became of a top-up, and records it. */
  refreshTopUp(request: TopUpRef): Promise<TopUpResult>;

  /**
   * Gives up a top-up that is not paid: `canceled` once the provider has given its payment up. `pending`: it can not be
   * reached, or can not stop the payment; the wish is kept, and the engine tries again. Where the money comes all the same,
   * so do its credits: give them back with `refundTopUp`.
   *
   * @throws CreditError `top_up_not_found`, `grant_closed` (it is paid)
   */
  cancelTopUp(request: TopUpRef): Promise<TopUpResult>;

  /**
   * Takes free credits of a top-up back, and gives their money, with its share of the tax, back to the customer. The provider
   * is asked until it answers. Its later notification of the same money takes nothing more.
   *
   * @throws CreditError `top_up_not_found`, `grant_closed`, `insufficient_credits`, `idempotency_conflict`
   */
  refundTopUp(request: RefundTopUpRequest): Promise<TopUpRefund>;
}
