import type { Dimensions } from "../catalog/pricing.js";
import type { Duration } from "./calendar.js";
import type { LineRequest } from "./lines.js";
import type { BudgetOwner } from "./budget.js";
import type { Every } from "./period.js";
import type { Policy } from "./policy.js";
import type { RecurringTerms } from "../catalog/recurring.js";
import type { ScheduleTerms } from "./schedule.js";
import type { Thresholds } from "./thresholds.js";
import type { PaymentRequest } from "./payment-requests.js";

/** Requests as the rules take them: parsed, scaled, with local ids. */

export interface GrantRequest {
  readonly kind: "grant";
  readonly amount: bigint;
  readonly category: "paid" | "promotional";
  readonly cost: { readonly total: bigint; readonly currency: string } | null;
  readonly source: string;
  readonly priority: number;
  /** Null: now. */
  readonly effectiveAt: number | null;
  readonly expiresAt: number | null;
  /** Sorted; null: unrestricted. */
  readonly features: readonly string[] | null;
  readonly displayName: string | null;
  readonly metadata: string | null;
  /** It waits for its payment. */
  readonly awaitsPayment: boolean;
}

export interface WithdrawRequest {
  readonly kind: "withdraw";
  readonly lines: readonly LineRequest[];
  readonly occurredAt: number | null;
  readonly partial: boolean;
}

export interface ReserveRequest {
  readonly kind: "reserve";
  readonly lines: readonly LineRequest[];
  readonly expiresIn: Duration;
}

/** What to capture: all that is left, one line's quantity or amount, or lines by name. */
export type CaptureOf =
  | { readonly all: true }
  | { readonly quantity: bigint }
  | { readonly amount: bigint }
  | { readonly items: readonly CaptureItem[] };

export interface CaptureItem {
  readonly feature: string;
  readonly quantity: bigint;
  readonly dimensions: Dimensions | null;
}

export interface CaptureRequest {
  readonly kind: "capture";
  readonly reservationId: string;
  readonly of: CaptureOf;
  readonly final: boolean;
  readonly strict: boolean;
}

export interface ReleaseRequest {
  readonly kind: "release";
  readonly reservationId: string;
}

export interface ExtendRequest {
  readonly kind: "extend";
  readonly reservationId: string;
  readonly expiresIn: Duration;
}

export interface VoidGrantRequest {
  readonly kind: "voidGrant";
  readonly grantId: string;
}

export interface AmendGrantRequest {
  readonly kind: "amendGrant";
  readonly grantId: string;
  /** Undefined: as it is. */
  readonly expiresAt: number | null | undefined;
  readonly priority: number | undefined;
  readonly displayName: string | null | undefined;
  readonly metadata: string | null | undefined;
}

export interface AdjustRequest {
  readonly kind: "adjust";
  /** Signed. */
  readonly amount: bigint;
  readonly grantId: string | null;
}

export interface ReverseRequest {
  readonly kind: "reverse";
  readonly withdrawalId: string;
  /** Null: all that is left of it. */
  readonly amount: bigint | null;
  readonly regrant: { readonly expiresAt: number | null } | null;
}

export interface RefundGrantRequest {
  readonly kind: "refundGrant";
  readonly grantId: string;
  /** Null: all that is free. */
  readonly amount: bigint | null;
}

export interface SetPolicyRequest {
  readonly kind: "setPolicy";
  /** Null: the currency's holds again. */
  readonly policy: Policy | null;
}

export interface SetThresholdsRequest {
  readonly kind: "setThresholds";
  /** Null: those of its plans, or the currency's, hold again. */
  readonly thresholds: Thresholds | null;
}

export interface PublishRatesRequest {
  readonly kind: "publishRates";
  /** Each in a history of its own. */
  readonly rates: readonly {
    readonly id: string;
    readonly feature: string;
    readonly plan: string | null;
    readonly customerId: string | null;
    /** The definition, as JSON; null: from then on nothing is published. */
    readonly rate: string | null;
  }[];
  /** Null: now. */
  readonly effectiveAt: number | null;
  /** They stand in the history, too, where `explain` finds them. */
  readonly actor: string | null;
  readonly reason: string | null;
}

export interface ScheduleRequest {
  readonly kind: "schedule";
  /** `anchor` and `startsAt`: null means now. */
  readonly terms: Omit<ScheduleTerms, "anchor" | "startsAt"> & {
    readonly anchor: number | null;
    readonly startsAt: number | null;
  };
  readonly until: number | null;
}

export interface EndScheduleRequest {
  readonly kind: "endSchedule";
  readonly scheduleId: string;
  readonly when: "now" | "periodEnd";
}

/** What a subscription does in one of its wallets. */
export interface PlanRequest {
  readonly kind: "plan";
  /** Public id. */
  readonly subscriptionId: string;
  readonly steps: readonly PlanStep[];
}

export type PlanStep =
  /** Of one item, or of all: what was to happen later does not happen. */
  | { readonly do: "forgetPending"; readonly item: string | null }
  /** Of one item, or of all: no refills from then on. `ended`: nothing rolls over any more, either. */
  | {
      readonly do: "stop";
      readonly item: string | null;
      readonly at: number;
      readonly how: "superseded" | "ended";
      /** What was given for the period under way is remembered until then: what follows begins no sooner. */
      readonly rememberedUntil?: number;
    }
  | PlanBegin
  | { readonly do: "pause" }
  | { readonly do: "resume" }
  /** What becomes of open grants of the subscription. */
  | { readonly do: "leave"; readonly unused: "void" | "refund" };

/** What a caller asks of several wallets at once; each of them is told what follows by requests of its own. */
export interface JointRequest {
  readonly kind:
    | "convert"
    | "subscribe"
    | "changePlan"
    | "addAddOn"
    | "removeAddOn"
    | "pauseSubscription"
    | "resumeSubscription"
    | "cancelSubscription";
}

export interface PlanBegin {
  readonly do: "begin";
  readonly item: string;
  readonly plan: string;
  readonly grants: readonly PlanGrantTerms[];
  readonly startsAt: number;
  readonly anchor: number;
  readonly timeZone: string;
  /** `whole`: the period that holds the start is granted; else the next one is the first. */
  readonly first: "whole" | "next" | "difference";
  /** Money for the difference, instead of its share. */
  readonly differenceCost: { readonly total: bigint; readonly currency: string } | null;
  /** Of the bill before a change: credits that come in periods as long as before keep their phase. Null: all begins anew. */
  readonly before: { readonly every: Every; readonly anchor: number } | null;
  /** When that bill's period ends, where the next one has another length; null: where it has not. */
  readonly beforeEndsAt: number | null;
}

export interface PlanGrantTerms {
  readonly id: string;
  /** What of it comes for the period under way, where some was given already; null: nothing. Left out: all. */
  readonly missing?: RecurringTerms | null;
  readonly terms: RecurringTerms;
  readonly comesOnce: boolean;
}

export interface SetBudgetRequest extends BudgetOwner {
  readonly kind: "setBudget";
  readonly feature: string | null;
  /** Null: it is removed. */
  readonly limit: bigint | null;
  readonly every: Every;
  readonly anchor: number;
  readonly timeZone: string;
  readonly parent: BudgetOwner | null;
}

/** Takes credits out of this wallet for another one. */
export interface TransferOutRequest {
  readonly kind: "transferOut";
  readonly amount: bigint;
}

/** Puts what was taken out of the other wallet into this one. */
export interface TransferInRequest {
  readonly kind: "transferIn";
  /** What the new grants are said to come from. */
  readonly source: string;
  readonly parcels: readonly Parcel[];
}

/** Credits on their way between wallets, with what goes with them. */
export interface Parcel {
  /** Public id of the grant they left. */
  readonly originGrantId: string;
  readonly amount: bigint;
  readonly category: "paid" | "promotional";
  readonly cost: { readonly total: bigint; readonly currency: string } | null;
  readonly priority: number;
  readonly features: readonly string[] | null;
  readonly expiresAt: number | null;
  readonly displayName: string | null;
}

export type Request =
  | GrantRequest
  | WithdrawRequest
  | ReserveRequest
  | CaptureRequest
  | ReleaseRequest
  | ExtendRequest
  | VoidGrantRequest
  | AmendGrantRequest
  | AdjustRequest
  | ReverseRequest
  | RefundGrantRequest
  | SetPolicyRequest
  | SetThresholdsRequest
  | PublishRatesRequest
  | ScheduleRequest
  | EndScheduleRequest
  | PlanRequest
  | SetBudgetRequest
  | JointRequest
  | PaymentRequest
  | TransferOutRequest
  | TransferInRequest;
