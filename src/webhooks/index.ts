export type {
  DeadLetter,
  ReplayRequest,
  ResolvedAddress,
  WebhookAttempt,
  WebhookDispatcher,
  WebhookDispatcherOptions,
  WebhookEndpoint,
  WebhookListRequest,
  WebhookRetries,
  WebhookRun,
  WebhookSource,
} from "./api.js";
export { webhookDispatcher } from "./dispatcher.js";
export { type VerifyWebhookRequest, type WebhookHeaders, verifyWebhook } from "./verify.js";
