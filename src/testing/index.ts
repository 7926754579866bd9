export { type WalletViolation, checkStore } from "./check-store.js";
export { type ManualClock, manualClock } from "./manual-clock.js";
export * from "./model/index.js";
