export { type WalletViolation, checkStore } from "./check-store.js";
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
export * from "./model/index.js";
export {
  type SimulationOptions,
  type SimulationReport,
  type Trouble,
  type TroubleRates,
  USUAL_TROUBLE,
} from "./simulation/settings.js";
export { simulate } from "./simulation/simulate.js";
