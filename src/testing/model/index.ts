/**
 * The reference model: an oracle of the domain's rules that shares no code with the engine. It is slow and plain on
 * purpose; compare with it what the real engine does.
 */
export type {
  ModelCatalog,
  ModelConsent,
  ModelCriterion,
  ModelCurrency,
  ModelDecimal,
  ModelDuration,
  ModelFeature,
  ModelPolicy,
  ModelRate,
} from "./catalog.js";
export type { ModelMoney } from "./decimal.js";
export type { ModelItem, ModelRequests, ModelUse, ModelVerb, ModelWalletName } from "./requests.js";
export type {
  ModelAdjustment,
  ModelBalance,
  ModelDraw,
  ModelEntry,
  ModelGrant,
  ModelGrantResult,
  ModelGrantStatus,
  ModelLine,
  ModelOutcome,
  ModelRefund,
  ModelReservation,
  ModelResults,
  ModelReversal,
  ModelTransfer,
  ModelWithdrawal,
} from "./results.js";
export { type ModelWalletKey, type ReferenceModel, createReferenceModel } from "./model.js";
export type { State as ModelState } from "./state.js";
export { checkConservation } from "./conservation.js";
