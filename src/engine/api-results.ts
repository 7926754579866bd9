import type { Decimal } from "../core/decimal.js";
import type { CreditError } from "../core/errors.js";
import type { GrantStatus } from "../core/grant.js";

/** Money in major units. */
export interface Money {
  readonly amount: Decimal;
  /** ISO 4217 code. */
  readonly currency: string;
}

/** Every mutation says whether it was answered from the receipt of an earlier one. */
export interface Replayable {
  readonly replayed: boolean;
}

/** How a grant that waited for its payment is paid. */
export interface GrantPayment {
  /** `pending`: it counts for nothing yet. */
  readonly status: "pending" | "paid" | "canceled";
  /** Null: paid by other means than a top-up. */
  readonly topUpId: string | null;
  /** Of the provider. */
  readonly paymentId: string | null;
  readonly invoiceUrl: string | null;
  readonly receiptUrl: string | null;
}

/** A lot of credits. amount = remaining + held + consumed + expired + voided + adjusted + refunded + moved. */
export interface Grant {
  readonly id: string;
  readonly customerId: string;
  readonly scope: string | undefined;
  readonly currency: string;
  readonly amount: Decimal;
  /** Free. */
  readonly remaining: Decimal;
  /** Pinned by reservations. */
  readonly held: Decimal;
  readonly consumed: Decimal;
  readonly expired: Decimal;
  readonly voided: Decimal;
  readonly adjusted: Decimal;
  readonly refunded: Decimal;
  /** Gone to other grants: transfers, rollovers, regrants. */
  readonly moved: Decimal;
  readonly status: GrantStatus;
  readonly category: "paid" | "promotional";
  readonly source: string;
  readonly priority: number;
  readonly effectiveAt: Date;
  readonly expiresAt: Date | null;
  /** Null: unrestricted. */
  readonly features: readonly string[] | null;
  /** Null: promotional. */
  readonly cost: Money | null;
  /** Money not yet earned: cost less what was recognised, lost to breakage, refunded or moved. */
  readonly deferred: Money | null;
  readonly recognised: Money | null;
  readonly breakage: Money | null;
  readonly refundedCost: Money | null;
  readonly movedCost: Money | null;
  readonly originGrantId: string | null;
  /** Null: it came of no schedule. */
  readonly scheduleId: string | null;
  /** Null: it came of no plan. */
  readonly subscriptionId: string | null;
  /** How it is paid, where it waited for that; null: it did not. */
  readonly payment: GrantPayment | null;
  readonly displayName: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
}

/** A grant as a mutation left it. */
export interface GrantResult extends Grant, Replayable {
  /** Free credits of the wallet's live grants, after the operation. */
  readonly available: Decimal;
}

/** Credits taken from, or given back to, one grant. */
export interface Draw {
  readonly grantId: string;
  /** Absent for credits outright. */
  readonly feature?: string;
  readonly amount: Decimal;
  /** The money recognised with them; absent where the grant is promotional. */
  readonly cost?: Money;
}

export interface Line {
  readonly feature?: string;
  readonly quantity?: Decimal;
  readonly price: Decimal;
  /** Names the rate that priced it. */
  readonly rateVersion?: string;
}

export interface Withdrawal extends Replayable {
  readonly id: string;
  readonly reservationId?: string;
  readonly price: Decimal;
  /** price − shortfall. */
  readonly amount: Decimal;
  readonly draws: readonly Draw[];
  readonly lines: readonly Line[];
  /** Credits now owed. */
  readonly overdraft: Decimal;
  /** Credits billed in money. */
  readonly overage: Decimal;
  /** Credits that nothing paid: `partial` withdrawals and captures only. */
  readonly shortfall: Decimal;
  /** Free credits of the wallet's live grants, after the operation. */
  readonly available: Decimal;
}

export interface Reservation extends Replayable {
  readonly id: string;
  /** `expired`: timed out; holds nothing, but can be captured. */
  readonly status: "held" | "expired" | "captured" | "released";
  readonly price: Decimal;
  /** Credits pinned to grants. */
  readonly held: Decimal;
  readonly pins: readonly { readonly grantId: string; readonly amount: Decimal }[];
  readonly lines: readonly Line[];
  /** Headroom held past zero, as overdraft or as overage. */
  readonly overdraft: Decimal;
  readonly overage: Decimal;
  readonly available: Decimal;
  readonly expiresAt: Date;
}

export interface Adjustment extends Replayable {
  readonly id: string;
  readonly amount: Decimal;
  /** The new grant of an adjustment up. */
  readonly grant: Grant | null;
  readonly draws: readonly Draw[];
  readonly available: Decimal;
}

export interface Reversal extends Replayable {
  readonly id: string;
  readonly withdrawalId: string;
  readonly amount: Decimal;
  readonly overage: Decimal;
  readonly overdraft: Decimal;
  /** What went back to grants; `cost` is the money that is deferred again. */
  readonly returns: readonly Draw[];
  /** Made under `regrant`. */
  readonly grants: readonly Grant[];
  readonly available: Decimal;
}

export interface Refund extends Replayable {
  readonly id: string;
  readonly amount: Decimal;
  /** What to pay back. */
  readonly cost: Money;
  readonly grant: Grant;
  readonly available: Decimal;
}

export interface Transfer extends Replayable {
  readonly id: string;
  readonly amount: Decimal;
  readonly draws: readonly Draw[];
  /** New in the receiving wallet, one per draw. */
  readonly grants: readonly Grant[];
  /** Left in the giving wallet. */
  readonly available: Decimal;
}

/** The policy that holds. */
export type Policy =
  | { readonly mode: "hard" }
  | { readonly mode: "soft"; readonly limit: Decimal | null }
  | {
      readonly mode: "overage";
      readonly price: Money;
      readonly limit: Decimal | null;
      readonly consent:
        "required" | { readonly by: string; readonly at: Date; readonly limit: Decimal | null } | null;
    };

export interface PolicyChange extends Replayable {
  readonly policy: Policy;
}

/** `tryWithdraw`: the failure as a value. */
export type Attempt<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: CreditError };
