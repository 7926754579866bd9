export { type CreditArbitraries, creditArbitraries } from "./arbitraries/credit-arbitraries.js";
export type { CreditCommand } from "./arbitraries/commands.js";
export type { Focus, Sequence, Step } from "./arbitraries/sequences.js";
export { type CheckStoreOptions, type WalletViolation, checkStore } from "./check-store.js";
export { checkHistory } from "./histories/check-history.js";
export type { HistoryViolation, Invocation, WalletCall, WalletOutcome } from "./histories/history.js";
export {
  type Fault,
  type FaultPlan,
  type StoreCall,
  type StoreMethod,
  FAULTS,
  faultAt,
  faultsAtRandom,
} from "./faulty-store/faults.js";
export { type FaultyStore, type FaultyStoreOptions, faultyStore } from "./faulty-store/faulty-store.js";
export { type ManualClock, manualClock } from "./manual-clock.js";
export { Coverage } from "./mirror/coverage.js";
export type { MirrorParts } from "./mirror/engine-side.js";
export { Mirror, MirrorDifference, type MirrorOptions } from "./mirror/mirror.js";
export * from "./model/index.js";
export {
  type SimulationOptions,
  type SimulationReport,
  type Trouble,
  type TroubleRates,
  DOUBTFUL_TROUBLE,
  USUAL_TROUBLE,
} from "./simulation/settings.js";
export {
  type ShrinkSimulationOptions,
  type ShrunkSimulation,
  type SimulationRun,
  shrinkSimulation,
} from "./simulation/shrink.js";
export { simulate } from "./simulation/simulate.js";
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
export { sequentialIds } from "./sequential-ids.js";
export { type Statement, statementOf } from "./statement.js";
export { type TestCredits, type TestCreditsOptions, testCredits } from "./test-credits.js";
