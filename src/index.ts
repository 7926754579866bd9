export { createCreditEngine, type CreditEngineOptions } from "./engine/engine.js";
export type { Budget, BudgetChange, BudgetOwner, SetBudgetRequest } from "./engine/api-budgets.js";
export type {
  CatalogVersion,
  CatalogVersionVerbs,
  CatalogVersionsRequest,
  SyncCatalogRequest,
  SyncedCatalog,
} from "./engine/api-catalog.js";
export type {
  AutoTopUp,
  AutoTopUpCaps,
  AutoTopUpChange,
  BillingVerbs,
  MarkGrantPaidRequest,
  PaymentVerbs,
  QuoteTopUpRequest,
  RecordPaymentRequest,
  RefundTopUpRequest,
  SetAutoTopUpRequest,
  TopUp,
  TopUpPaymentInfo,
  TopUpPurchase,
  TopUpQuote,
  TopUpRef,
  TopUpRefund,
  TopUpRequest,
  TopUpResult,
  TopUpStatus,
  TopUpsRequest,
} from "./engine/api-billing.js";
export type { LifecycleVerbs } from "./engine/api-lifecycle-verbs.js";
export type {
  AddAddOnRequest,
  CancelSubscriptionRequest,
  ChangePlanRequest,
  ConvertRequest,
  EndScheduleRequest,
  Forecast,
  ForecastRequest,
  RemoveAddOnRequest,
  Rollover,
  Schedule,
  ScheduleRequest,
  ScheduleResult,
  SubscribeRequest,
  Subscription,
  SubscriptionRef,
  SubscriptionResult,
} from "./engine/api-lifecycle.js";
export type {
  PreviewRatesRequest,
  PreviewedRate,
  PreviewedUse,
  PublishRatesRequest,
  PublishedRateVersion,
  PublishedRates,
  RatePreview,
  RateVerbs,
  RatesOf,
} from "./engine/api-rates.js";
export type { RunDueRequest, Runner, StartRunnerOptions } from "./engine/api-runner.js";
export type { RunResult } from "./engine/runner.js";
export type { CreditEngine, CreditVerbs, ScopedCreditEngine } from "./engine/api.js";
export type { Pace } from "./engine/pace.js";
export { defineCatalog } from "./catalog/define.js";
export type { Catalog, ChartDimension, CurrencyId, FeatureId, PlanId } from "./catalog/define.js";
export type {
  CreditEvent,
  CreditEventData,
  CreditEventHandler,
  CreditEventType,
  EventVerbs,
  EventGrant,
  EventTopUp,
  EventTotals,
  EventsRequest,
  PruneEventsRequest,
  SetThresholdsRequest,
  Thresholds,
  ThresholdsChange,
} from "./engine/api-events.js";
export type { AmendedField, GrantedBy } from "./core/events.js";
export type {
  ConsentInput,
  CurrencyDefinition,
  FeatureDefinition,
  FlatRateDefinition,
  InstantInput,
  MatchCaseDefinition,
  MatchedRateDefinition,
  MoneyInput,
  PlanDefinition,
  PlanGrantDefinition,
  PolicyInput,
  Rate,
  RolloverInput,
  ThresholdsInput,
  TopUpPackageInput,
  TopUpsInput,
  VolumePriceInput,
  TierDefinition,
  TieredRateDefinition,
} from "./catalog/definition.js";
export { CreditError, type CreditErrorCode } from "./core/errors.js";
export { Decimal, type DecimalInput } from "./core/decimal.js";
export type { BurnCriterion } from "./core/burn-order.js";
export type { RoundingMode } from "./core/amounts.js";
export type { Duration } from "./core/calendar.js";
export type { DueCause, LedgerAccount, LedgerEntryType } from "./core/entry.js";
export type { GrantStatus } from "./core/grant.js";
export type {
  AdjustRequest,
  AmendGrantRequest,
  AuditRequest,
  BalanceRequest,
  CaptureOf,
  CaptureRequest,
  CheckRequest,
  Consistency,
  CustomerRef,
  Dimensions,
  ExplainRequest,
  ExtendRequest,
  GrantRequest,
  GrantsRequest,
  HarmlessMutation,
  KeyedMutation,
  LedgerRequest,
  MutationNotes,
  PageRequest,
  RefundGrantRequest,
  ReleaseRequest,
  ReserveRequest,
  ReverseRequest,
  SetPolicyRequest,
  TransferRequest,
  UsageItem,
  UsageOf,
  UsageRequest,
  VoidGrantRequest,
  WalletRef,
  WithdrawRequest,
} from "./engine/api-requests.js";
export type {
  Adjustment,
  Attempt,
  Draw,
  Grant,
  GrantPayment,
  GrantResult,
  Line,
  Money,
  Policy,
  PolicyChange,
  Refund,
  Replayable,
  Reservation,
  Reversal,
  Transfer,
  Withdrawal,
} from "./engine/api-results.js";
export type {
  AuditRecord,
  Balance,
  Check,
  Estimate,
  ExplainedGrant,
  Explanation,
  LedgerEntry,
  LedgerVerification,
  Page,
  PublishedSource,
  UsageBucket,
  UsageSums,
  WrongEntry,
} from "./engine/api-read-results.js";
