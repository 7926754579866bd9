export type {
  FinanceSource,
  GroupKeys,
  PromotionalUse,
  ProportionalBreakage,
  RevenueGroup,
  RevenueReport,
  RevenueReportRequest,
  RevenueRow,
  Span,
} from "./api.js";
export { revenueReport } from "./report.js";
export type {
  AccountName,
  JournalAccounts,
  JournalFacts,
  JournalLine,
  JournalRequest,
} from "./journal-api.js";
export { journal } from "./journal.js";
export { journalBeancount } from "./journal-beancount.js";
export { journalCsv } from "./journal-csv.js";
export { journalHledger } from "./journal-hledger.js";
export { closePeriod } from "./close-period.js";
export { closedPeriods, verifyPeriod } from "./closed-periods.js";
export type {
  ClosedPeriod,
  ClosePeriodRequest,
  PeriodVerification,
  VerifyPeriodRequest,
} from "./periods-api.js";
export type { EntryTrace, GrantTrace, TraceGrantRequest, TraceStep, TracedOperation } from "./trace-api.js";
export { traceEntry } from "./trace-entry.js";
export { traceGrant } from "./trace-grant.js";
export { unrecoveredRefunds } from "./unrecovered-refunds.js";
export type { UnrecoveredRefund } from "./unrecovered-refunds.js";
export { waterfall } from "./waterfall.js";
export type { Waterfall, WaterfallRequest, WaterfallRow } from "./waterfall-api.js";
export type { MoneyEffect } from "./effect.js";
