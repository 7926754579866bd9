export { type WalletViolation, checkStore } from "./check-store.js";
export { type ManualClock, manualClock } from "./manual-clock.js";
export * from "./model/index.js";
export type {
  LawNumber,
  StoreCapabilities,
  StoreLawsOptions,
  StoreTransaction,
  StoreUnderTest,
} from "./laws/options.js";
export { StoreLawsMisuse } from "./laws/misuse.js";
export { type LawsRunner, registerStoreLaws } from "./laws/register.js";
export { type StoreLawCase, storeLaws } from "./laws/store-laws.js";
export { type StoreLawReport, type StoreLawsReport, StoreLawsError, testStore } from "./laws/test-store.js";
export { StoreLawViolation } from "./laws/violation.js";
