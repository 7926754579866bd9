import type { Decimal } from "../core/decimal.js";
import type { LedgerEntryType } from "../core/entry.js";
import type { Span } from "./api.js";

/** What an account's name may depend on. */
export interface JournalFacts {
  readonly customerId: string;
  readonly scope: string | undefined;
  readonly creditCurrency: string;
  /** Of the money. */
  readonly currency: string;
  readonly feature: string | null;
  readonly type: LedgerEntryType;
}

/** A name, or what gives it: `({ feature }) => \`Income:Usage:${…}\``. */
export type AccountName = string | ((facts: JournalFacts) => string);

/** The chart of accounts. */
export interface JournalAccounts {
  /** What customers owe for, or have paid for, credits; default "Assets:Receivable". */
  readonly receivable?: AccountName | undefined;
  /** Default "Liabilities:DeferredRevenue". */
  readonly deferredRevenue?: AccountName | undefined;
  /** Default "Income:Usage". */
  readonly usageRevenue?: AccountName | undefined;
  /** Default "Income:Breakage". */
  readonly breakageRevenue?: AccountName | undefined;
  /** What is to be given back, or was; default "Liabilities:Refunds". */
  readonly refunds?: AccountName | undefined;
  /** Between two grants; empty unless a transfer's two sides were booked in two spans. Default "Liabilities:DeferredRevenue:Moving". */
  readonly moving?: AccountName | undefined;
  /** Default "Assets:OverageReceivable". */
  readonly overageReceivable?: AccountName | undefined;
  /** Default "Income:Overage". */
  readonly overageRevenue?: AccountName | undefined;
}

export interface JournalRequest extends Span {
  readonly accounts?: JournalAccounts | undefined;
}

/** One side of a transaction. The two of a ledger entry follow each other: first the debit, then the credit. */
export interface JournalLine {
  /** The ledger entry: both lines of a transaction have it, and no other transaction does. */
  readonly entryId: string;
  /** When the books count it. */
  readonly bookedAt: Date;
  readonly recordedAt: Date;
  /** Of what it concerns: earlier than `bookedAt` for late use. */
  readonly occurredAt: Date;
  readonly account: string;
  /** Debit positive, credit negative: the lines of a transaction sum to zero. In major units. */
  readonly amount: Decimal;
  /** Of the money. */
  readonly currency: string;
  readonly type: LedgerEntryType;
  readonly customerId: string;
  readonly scope: string | undefined;
  readonly creditCurrency: string;
  /** What the grant gained, in credits; negative: lost. */
  readonly credits: Decimal;
  readonly feature: string | null;
  readonly grantId: string | null;
  readonly operationId: string;
}
