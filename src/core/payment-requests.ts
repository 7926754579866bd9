import type { Duration } from "./calendar.js";
import type { AutoTopUp, Minor, TopUpPayment } from "./top-up.js";

/** Requests about money that comes and goes. */

/** A grant that waited for its payment is paid. */
export interface MarkGrantPaidRequest {
  readonly kind: "markGrantPaid";
  readonly grantId: string;
  readonly paymentId: string | null;
  readonly invoiceUrl: string | null;
  readonly receiptUrl: string | null;
}

/** A customer buys credits: the grant waits for the payment. */
export interface TopUpRequest {
  readonly kind: "topUp";
  readonly credits: bigint;
  readonly price: Minor;
  readonly package: string | null;
  readonly expiresIn: Duration | null;
  readonly priority: number;
  readonly displayName: string | null;
  readonly metadata: string | null;
}

/** What a provider tells of a payment. */
export interface RecordPaymentRequest {
  readonly kind: "recordPayment";
  readonly topUpId: string;
  readonly status: "pending" | "requires_action" | "succeeded" | "failed" | "canceled";
  readonly told: Partial<TopUpPayment>;
  /** Minor units given back so far, tax included; null: nothing was told of it. */
  readonly refundedGross: bigint | null;
}

/** Nobody is to pay it any more. */
export interface CallOffTopUpRequest {
  readonly kind: "callOffTopUp";
  readonly topUpId: string;
}

export interface RefundTopUpRequest {
  readonly kind: "refundTopUp";
  readonly topUpId: string;
  /** Credits; null: all that are free. */
  readonly amount: bigint | null;
  /** For the provider. */
  readonly reason: string | null;
}

/** What the provider says of a refund that we asked for. */
export interface RecordRefundRequest {
  readonly kind: "recordRefund";
  readonly topUpId: string;
  readonly refundId: string;
  readonly status: "pending" | "succeeded" | "failed";
}

export interface SetAutoTopUpRequest {
  readonly kind: "setAutoTopUp";
  /** Null: it is taken off. */
  readonly terms: Pick<AutoTopUp, "threshold" | "buys" | "money" | "caps" | "expiresIn"> | null;
}

export interface ResumeAutoTopUpRequest {
  readonly kind: "resumeAutoTopUp";
}

export type PaymentRequest =
  | MarkGrantPaidRequest
  | TopUpRequest
  | RecordPaymentRequest
  | CallOffTopUpRequest
  | RefundTopUpRequest
  | RecordRefundRequest
  | SetAutoTopUpRequest
  | ResumeAutoTopUpRequest;
