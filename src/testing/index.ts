export { type CreditArbitraries, creditArbitraries } from "./arbitraries/credit-arbitraries.js";
export type { CreditCommand } from "./arbitraries/commands.js";
export type { Focus, Sequence, Step } from "./arbitraries/sequences.js";
export { type WalletViolation, checkStore } from "./check-store.js";
export { type ManualClock, manualClock } from "./manual-clock.js";
export { Coverage } from "./mirror/coverage.js";
export type { MirrorParts } from "./mirror/engine-side.js";
export { Mirror, MirrorDifference, type MirrorOptions } from "./mirror/mirror.js";
export * from "./model/index.js";
