/**
 * The reference model: an oracle of the domain's rules that shares no code with the engine. It is slow and plain on
 * purpose; compare with it what the real engine does.
 */
export type * from "./catalog.js";
export type { ModelMoney } from "./decimal.js";
export type * from "./requests.js";
export type * from "./results.js";
export { type ModelWalletKey, type ReferenceModel, createReferenceModel } from "./model.js";
export type { State as ModelState } from "./state.js";
export { checkConservation } from "./conservation.js";
