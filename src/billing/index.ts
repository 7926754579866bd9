/**
 * `coffer/billing`: the port through which an engine takes and returns money, a provider in memory for tests, and invoices
 * for what was used past zero.
 */
export type {
  BillingProvider,
  ChargeRequest,
  InvoiceAnswer,
  InvoiceRequest,
  InvoiceRequestLine,
  Payment,
  PaymentRequest,
  PaymentStatus,
  PortMoney,
  Quote,
  QuoteRequest,
  RefundAnswer,
  RefundRequest,
} from "../engine/billing/port.js";
export { fakeProvider, type FakeCharge, type FakeNotice, type FakeProvider } from "./fake-provider.js";
export type {
  InvoiceRequestOf,
  InvoiceSource,
  InvoicesRequest,
  SendInvoiceRequest,
  SendInvoicesRequest,
  UsageInvoice,
  UsageInvoiceLine,
} from "./invoices/api.js";
export { invoices, previewInvoices, sendInvoice, sendInvoices } from "./invoices/send.js";
