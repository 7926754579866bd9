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
