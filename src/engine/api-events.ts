import type { Catalog } from "../catalog/define.js";
import type { InstantInput, ThresholdsInput } from "../catalog/definition.js";
import type { Duration } from "../core/calendar.js";
import type { Decimal } from "../core/decimal.js";
import type { AmendedField, GrantedBy } from "../core/events.js";
import type { GrantStatus } from "../core/grant.js";
import type { HarmlessMutation, WalletRef } from "./api-requests.js";
import type { TopUpStatus } from "./api-billing.js";
import type { Money, Replayable } from "./api-results.js";

/** A grant as the operation left it that told the event. Amounts are credits. */
export interface EventGrant {
  readonly grantId: string;
  readonly amount: Decimal;
  readonly remaining: Decimal;
  readonly held: Decimal;
  readonly consumed: Decimal;
  /** `consumed` as a percentage of `amount`, with two places, rounded down. */
  readonly usedPercent: Decimal;
  readonly status: GrantStatus;
  readonly category: "paid" | "promotional";
  readonly source: string;
  readonly priority: number;
  readonly features: readonly string[] | null;
  readonly effectiveAt: Date;
  readonly expiresAt: Date | null;
  readonly displayName: string | null;
  readonly originGrantId: string | null;
}

/** A wallet as the operation left it that told the event: named as in `balance`. */
export interface EventTotals {
  readonly available: Decimal;
  readonly held: Decimal;
  readonly scheduled: Decimal;
  readonly balance: Decimal;
  readonly net: Decimal;
  readonly overdraft: Decimal;
}

/** What each type of event says. Others may come with a later version, so let a `switch` over types have a default. */
export interface CreditEventData {
  /** A grant came: granted, by an adjustment up, out of another wallet, or of what another grant had left at its end. */
  readonly "credits.granted": { readonly grant: EventGrant; readonly by: GrantedBy };
  /** A grant that had been scheduled became effective. */
  readonly "credits.grant.activated": { readonly grant: EventGrant };
  /** So many percent of a grant, or more, are used: told when one operation crosses that, and again after a reversal. */
  readonly "credits.grant.usage_low": { readonly grant: EventGrant; readonly thresholdPercent: Decimal };
  /** Use left nothing open of a grant. */
  readonly "credits.grant.depleted": { readonly grant: EventGrant };
  /** A grant with free credits expires within a lead time. */
  readonly "credits.grant.expiring": { readonly grant: EventGrant; readonly lead: Duration };
  /** `amount` credits were lost to expiry. Those that a reservation had held are told when they are freed. */
  readonly "credits.expired": { readonly grant: EventGrant; readonly amount: Decimal };
  /** A grant was voided, and `amount` credits went. Those that a reservation held are told when they are freed. */
  readonly "credits.grant.voided": { readonly grant: EventGrant; readonly amount: Decimal };
  /** A grant's terms were amended. */
  readonly "credits.grant.updated": { readonly grant: EventGrant; readonly changed: readonly AmendedField[] };
  /** Net fell to the threshold or below. */
  readonly "credits.balance.low": { readonly threshold: Decimal; readonly totals: EventTotals };
  /** Net fell to zero or below. */
  readonly "credits.balance.depleted": { readonly threshold: Decimal; readonly totals: EventTotals };
  /** After one of these, net is above the threshold again. `isLow`: above zero, but low yet. */
  readonly "credits.balance.recovered": {
    readonly threshold: Decimal;
    readonly isLow: boolean;
    readonly totals: EventTotals;
  };
  /** Credits are owed, and none were before. */
  readonly "credits.overdraft.started": { readonly totals: EventTotals };
  /** Nothing is owed any more. */
  readonly "credits.overdraft.settled": { readonly totals: EventTotals };
  /** A reservation timed out, and let go of `released` credits. */
  readonly "credits.reservation.expired": {
    readonly reservationId: string;
    readonly released: Decimal;
    readonly totals: EventTotals;
  };
  /** A customer's purchase began: its grant is pending. */
  readonly "credits.top_up.started": EventTopUpTold;
  /** The customer must pay, or confirm, at `topUp.actionUrl`; of automatic top-ups, too. */
  readonly "credits.top_up.action_required": EventTopUpTold;
  /** The money is there, and so are the credits. */
  readonly "credits.top_up.completed": EventTopUpTold;
  /** Declined: `topUp.reason` says why. */
  readonly "credits.top_up.failed": EventTopUpTold;
  /** Given up, by somebody or after its time. */
  readonly "credits.top_up.canceled": EventTopUpTold;
  /** Nobody has said what became of a payment, or of a refund; the provider is asked now. Of automatic ones, too. */
  readonly "credits.top_up.unsettled": EventTopUpTold & { readonly checks: number };
  /**
   * The provider says that money went back, by a refund or a dispute: `taken` credits went for it, with `money` of their
   * deferred cost. `uncovered` credits had been used, or lost, before. Of automatic ones, too.
   */
  readonly "credits.top_up.refunded": EventTopUpTold & {
    readonly money: Money;
    readonly taken: Decimal;
    readonly uncovered: Decimal;
  };
  /**
   * The provider refused to give back the `money` (tax included) of a `refundTopUp`, whose credits are gone: pay it by other
   * means, or grant them anew. Of automatic ones, too.
   */
  readonly "credits.top_up.refund_failed": EventTopUpTold & { readonly money: Money };
  /** Net was at the threshold, or below: a wallet buys credits by itself. */
  readonly "credits.auto_top_up.started": EventTopUpTold;
  readonly "credits.auto_top_up.completed": EventTopUpTold;
  /** `retryAt` is null where it does not try again by itself. */
  readonly "credits.auto_top_up.failed": EventTopUpTold & {
    readonly failures: number;
    readonly retryAt: Date | null;
  };
  /** A cap keeps it from buying until its period ends. Told once a period. */
  readonly "credits.auto_top_up.capped": {
    readonly cap: "count" | "money";
    readonly resetsAt: Date;
    readonly totals: EventTotals;
  };
  /** It does nothing until it is resumed, or set anew. */
  readonly "credits.auto_top_up.paused": {
    readonly why: "failures" | "no_price" | "refunded";
    readonly failures: number;
    readonly totals: EventTotals;
  };
  readonly "credits.auto_top_up.resumed": { readonly totals: EventTotals };
}

/** A purchase as the operation left it that told the event. */
export interface EventTopUp {
  readonly topUpId: string;
  readonly by: "customer" | "auto";
  readonly state: TopUpStatus;
  readonly credits: Decimal;
  /** Without tax. */
  readonly price: Money;
  readonly package: string | null;
  readonly grantId: string;
  readonly paymentId: string | null;
  readonly reason: string | null;
  readonly actionUrl: string | null;
  readonly receiptUrl: string | null;
  readonly invoiceUrl: string | null;
}

interface EventTopUpTold {
  readonly topUp: EventTopUp;
  readonly totals: EventTotals;
}

export type CreditEventType = keyof CreditEventData;

/** A fact told to the outside, written in the same commit as its cause. `type` tells what `data` holds. */
export type CreditEvent<Type extends CreditEventType = CreditEventType> = {
  readonly [One in Type]: {
    /** The same whenever it is delivered again. */
    readonly id: string;
    readonly type: One;
    /** Of `data`; a version only ever gains fields. */
    readonly version: number;
    /** Of the operation; of what time alone did, the instant at which it was due. */
    readonly at: Date;
    readonly customerId: string;
    readonly scope: string | undefined;
    readonly currency: string;
    /** Within the wallet: 1, 2, 3, … without a gap. */
    readonly sequence: number;
    readonly data: CreditEventData[One];
  };
}[Type];

/** May be asynchronous: the next event of the same wallet waits for it, the engine does not. */
export type CreditEventHandler<Type extends CreditEventType = CreditEventType> = (
  event: CreditEvent<Type>,
) => void | Promise<void>;

export interface EventsRequest<Type extends CreditEventType = CreditEventType> {
  /** Who reads, at most 200 bytes: each name has a place of its own, kept in the store. */
  readonly consumer: string;
  /** Only these; the others count as read. Default: all. */
  readonly types?: readonly Type[] | undefined;
  /** Of a consumer that is new: from the oldest event that is kept, or from what comes from now on. Default true. */
  readonly fromStart?: boolean | undefined;
  /** Whether to wait for more where all are read; default true. */
  readonly follow?: boolean | undefined;
  /** Milliseconds between two looks where nothing is new; default 1,000. */
  readonly pollMs?: number | undefined;
  /** After so many events the place is kept; default 1. With more, as many may come again after a crash. */
  readonly saveEvery?: number | undefined;
  /** Ends the iteration, after the event under way. */
  readonly signal?: AbortSignal | undefined;
}

export interface PruneEventsRequest {
  /** Those before this instant, as far as every consumer has read them. */
  readonly before: InstantInput;
}

/** How an engine tells the outside what happened. */
export interface EventVerbs {
  /**
   * Tells a function of this process what happens, as soon as it is committed by this engine: a wallet's events in order,
   * after the caller has its answer. It may miss some (a process ends, an answer of the store is lost), so use it for what
   * may be missed, such as an open page, and `events` for all else. What it throws, or rejects with, becomes a warning of
   * the process (`COFFER_EVENT_HANDLER`); nothing else comes of it. Within a transaction of the app it is told after
   * `committed()`.
   *
   * @param type `"*"` for all.
   * @returns what ends it.
   * @throws CreditError `invalid_input`
   * @example
   * ```ts
   * const off = credits.on("credits.balance.low", ({ customerId, data }) => {
   *   console.log(`${customerId} has ${data.totals.net.toString()} left`);
   * });
   * off();
   * ```
   */
  on<Type extends CreditEventType>(type: Type | "*", handler: CreditEventHandler<Type>): () => void;

  /**
   * All events, of every process and wallet, those of one wallet in order. Each consumer has a place of its own, kept in the
   * store once the loop goes on to the next event: so each event comes at least once, and again where the loop broke off in
   * it. Tell a repeat by its `id`. Two loops under one name each get every event: run one.
   *
   * @throws CreditError `invalid_input`
   * @example
   * ```ts
   * for await (const event of credits.events({ consumer: "crm", follow: false })) {
   *   if (event.type === "credits.balance.low") console.log(event.customerId, event.data.totals.net.toString());
   * }
   * ```
   */
  events<Type extends CreditEventType = CreditEventType>(
    request: EventsRequest<Type>,
  ): AsyncIterableIterator<CreditEvent<Type>>;

  /** Deletes events that every consumer has read, or all where there is none. Nothing else is ever deleted by it. */
  pruneEvents(request: PruneEventsRequest): Promise<{ readonly deleted: number }>;

  /** A consumer that will not come back keeps no events any more. Under the same name a new one may begin. */
  forgetConsumer(request: { readonly consumer: string }): Promise<void>;
}

export interface SetThresholdsRequest<C extends Catalog> extends WalletRef<C>, HarmlessMutation {
  /** `null`: back to those of its plans, or of the currency. */
  readonly thresholds: ThresholdsInput | null;
}

/** The thresholds that hold. */
export interface Thresholds {
  readonly usageLow: readonly Decimal[];
  readonly balanceLow: Decimal | null;
  readonly expiringLead: readonly Duration[];
}

export interface ThresholdsChange extends Replayable {
  readonly thresholds: Thresholds;
}
