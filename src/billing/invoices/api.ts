import type { InstantInput } from "../../catalog/definition.js";
import type { Decimal } from "../../core/decimal.js";
import type { Money } from "../../engine/api-results.js";
import type { BillingProvider } from "../../engine/billing/port.js";

/** An engine, as `createCreditEngine` made it. */
export type InvoiceSource = object;

/** One line of an invoice. */
export interface UsageInvoiceLine {
  /** Unique within the invoice. */
  readonly id: string;
  /**
   * - `overage`: credits used past zero, at their price, reversals taken off;
   * - `grant`, `grant_refund`: a paid grant, and what went back of it;
   * - `top_up`, `top_up_refund`: likewise, paid through the provider already;
   * - `carried`: what the invoice before came to, where that was less than nothing.
   */
  readonly kind: "overage" | "grant" | "grant_refund" | "top_up" | "top_up_refund" | "carried";
  readonly description: string;
  /** Null of what is carried. */
  readonly currency: string | null;
  readonly scope: string | undefined;
  readonly feature: string | null;
  readonly credits: Decimal | null;
  /** Of one credit past zero. */
  readonly unitPrice: Money | null;
  readonly amount: Money;
  /** Is it to be paid by this invoice? What is not stands there to be seen. */
  readonly isDue: boolean;
  readonly grantId: string | null;
  /** The ledger entries that it sums: ids of the first and the last, and how many. */
  readonly entries: { readonly first: string; readonly last: string; readonly count: number } | null;
}

/** What one customer owes for a period, in one money. */
export interface UsageInvoice {
  readonly customerId: string;
  /** ISO 4217. */
  readonly money: string;
  /** 1, 2, 3, … of the customer and the money. */
  readonly number: number;
  readonly periodStart: Date | null;
  readonly periodEnd: Date;
  readonly lines: readonly UsageInvoiceLine[];
  /** Sum of the lines that are due. */
  readonly due: Money;
  /**
   * - `preview`: nothing was stored;
   * - `pending`: stored, and the provider has not answered: the next run asks again;
   * - `sent`; `settled`: nothing was due, so nothing was sent; `carried`: less than nothing, which the next one takes off.
   */
  readonly status: "preview" | "pending" | "sent" | "settled" | "carried";
  /** The provider's. */
  readonly invoiceId: string | null;
  readonly url: string | null;
}

export interface InvoiceRequestOf {
  readonly customerId: string;
  /** The end of the period, not in it: entries that were booked before. */
  readonly to: InstantInput;
  /**
   * Of the first run for a customer: entries that stand before it are left out, as billed elsewhere. Later runs take no
   * notice of it. Default: from the first entry.
   */
  readonly from?: InstantInput | undefined;
  /**
   * Whether paid grants (of plans, and made by `grant`) are to be paid by the invoice, or stand there as paid elsewhere.
   * Default `show`. Top-ups are paid already, whatever stands here. Refunds of credits that moved go by the grant of this
   * customer that was bought; of credits that another customer ever had they are not due.
   */
  readonly grants?: "show" | "bill" | undefined;
}

export interface SendInvoiceRequest extends InvoiceRequestOf {
  readonly provider: BillingProvider;
  /** Milliseconds after which an answer of the provider counts as lost; default 30,000. */
  readonly timeoutMs?: number | undefined;
}

export interface SendInvoicesRequest extends Omit<SendInvoiceRequest, "customerId"> {
  /** Told of a customer whose invoices failed; the others go on. Default: the run ends with the first failure. */
  readonly onError?: ((customerId: string, error: unknown) => void) | undefined;
}

export interface InvoicesRequest {
  readonly customerId: string;
}
