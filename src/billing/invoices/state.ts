import type { EngineDoor, OwnPlace } from "../../engine/door.js";
import type { RecordRow } from "../../store/rows.js";

/** What of a customer was invoiced: one record, which each invoice moves on. */
export interface InvoicedState {
  /** Invoices so far, by money. */
  readonly numbers: Readonly<Record<string, number>>;
  /** By wallet: the last entry that an invoice covers, or that stood before the first one and is of none. */
  readonly through: Readonly<Record<string, { readonly seq: number; readonly at: number }>>;
  readonly to: number | null;
  /** By money, in major units: what came to less than nothing. */
  readonly carried: Readonly<Record<string, string>>;
  /** Changes with each step, so that two runs at once see each other. */
  readonly step: number;
}

const NOTHING_INVOICED: InvoicedState = {
  numbers: {},
  through: {},
  to: null,
  carried: {},
  step: 0,
};

/** An invoice as it is kept: money and credits as decimal text. */
export interface StoredInvoice {
  readonly customerId: string;
  readonly money: string;
  readonly number: number;
  readonly from: number | null;
  readonly to: number;
  readonly lines: readonly StoredLine[];
  readonly due: string;
  readonly status: "pending" | "sent" | "settled" | "carried";
  readonly invoiceId: string | null;
  readonly url: string | null;
}

export interface StoredLine {
  readonly kind: "overage" | "grant" | "grant_refund" | "top_up" | "top_up_refund" | "carried";
  readonly description: string;
  readonly currency: string | null;
  readonly scope: string;
  readonly feature: string | null;
  readonly credits: string | null;
  readonly unitPrice: string | null;
  readonly amount: string;
  readonly isDue: boolean;
  readonly grantId: string | null;
  readonly first: string | null;
  readonly last: string | null;
  readonly count: number;
}

const STATE = { kind: "invoiced", id: "state" } as const;
export const INVOICE_KIND = "invoice";

/** Each customer's invoices stand by themselves. */
export function placeOf(customerId: string): OwnPlace {
  return { name: "invoices", section: customerId };
}

const NUMBER_DIGITS = 8;

export function invoiceRow(invoice: StoredInvoice): RecordRow {
  const number = String(invoice.number).padStart(NUMBER_DIGITS, "0");
  return {
    kind: INVOICE_KIND,
    id: `${number}-${invoice.money}`,
    open: invoice.status === "pending",
    data: JSON.stringify(invoice),
  };
}

export function stateRow(state: InvoicedState): RecordRow {
  return { ...STATE, open: true, data: JSON.stringify(state) };
}

export function stateFrom(rows: readonly RecordRow[]): InvoicedState {
  const row = rows.find(({ kind }) => kind === STATE.kind);
  return row === undefined ? NOTHING_INVOICED : (JSON.parse(row.data) as InvoicedState);
}

export function invoiceFrom({ data }: RecordRow): StoredInvoice {
  return JSON.parse(data) as StoredInvoice;
}

/** The state, and invoices that were stored and that the provider has not taken yet. */
export async function readState(
  door: EngineDoor,
  customerId: string,
): Promise<{ readonly state: InvoicedState; readonly pending: readonly StoredInvoice[] }> {
  const [records] = await door.read([placeOf(customerId)]);
  const open = records?.open ?? [];
  return {
    state: stateFrom(open),
    pending: open.filter(({ kind }) => kind === INVOICE_KIND).map(invoiceFrom),
  };
}
