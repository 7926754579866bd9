export { type WalletViolation, checkStore } from "./check-store.js";
export { checkHistory } from "./histories/check-history.js";
export type { HistoryViolation, Invocation, WalletCall, WalletOutcome } from "./histories/history.js";
export { type ManualClock, manualClock } from "./manual-clock.js";
export * from "./model/index.js";
