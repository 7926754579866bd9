import type { CreditEvent, CreditEventType } from "../engine/api-events.js";
import type { Page } from "../engine/api-read-results.js";

/** Where events are sent. Everything but its `id` may change from one start of the app to the next. */
export interface WebhookEndpoint {
  /** Names its place in the outbox, its dead letters and its log; at most 100 bytes. */
  readonly id: string;
  /** `https:`, without a user or a password. */
  readonly url: string;
  /**
   * The newest first, each `whsec_` and the base64 of 24 to 64 random bytes. Every delivery is signed with all of them: so
   * a receiver can go over to a new one before the old one is taken out.
   */
  readonly secrets: readonly string[];
  /** Only these; default: all. */
  readonly types?: readonly CreditEventType[] | undefined;
  /** Of an endpoint that is new: from the oldest event that is kept, or from what comes from now on. Default false. */
  readonly fromStart?: boolean | undefined;
}

/** An engine, as `createCreditEngine` made it. */
export interface WebhookSource {
  readonly events: (request: { readonly consumer: string }) => AsyncIterable<CreditEvent>;
}

export interface WebhookRetries {
  /**
   * Milliseconds before the second attempt, the third, and so on; each pause is drawn between half of it and all of it, so
   * that what failed together does not come again together. Default: 5 seconds, 30 seconds, 2 and 10 minutes, 1 and 6
   * hours, 1 day. A `Retry-After` of the receiver that says more is kept, up to a day.
   */
  readonly delaysMs?: readonly number[] | undefined;
  /** After so many a delivery is a dead letter; default: one more than there are delays. With more, the last delay is repeated. */
  readonly maxAttempts?: number | undefined;
}

/** An address that a host name stands for. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface WebhookDispatcherOptions {
  readonly credits: WebhookSource;
  readonly endpoints: readonly WebhookEndpoint[];
  /** Whether targets may be private or loopback addresses, and `http:` urls; default false. For tests and closed networks. */
  readonly allowPrivateTargets?: boolean | undefined;
  /** Milliseconds for one attempt, from the look-up of the host to the end of the answer; default 10,000. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: WebhookRetries | undefined;
  /** Deliveries to one endpoint that may be under way at once, each of another wallet; default 8. */
  readonly mostAtOnce?: number | undefined;
  /** Milliseconds between two looks for new events and due retries; default 1,000. */
  readonly pollMs?: number | undefined;
  /** The addresses of a host name; default: as the machine resolves it. */
  readonly resolve?: ((host: string) => Promise<readonly ResolvedAddress[]>) | undefined;
  /** Told what keeps an endpoint from going on, as a store that is down; it is tried again. Default: a warning of the process. */
  readonly onError?: ((error: unknown, about: { readonly endpointId: string }) => void) | undefined;
}

/** What one `run` did at one endpoint. */
export interface WebhookRun {
  readonly endpointId: string;
  /** Another dispatcher is delivering to it: nothing was done. */
  readonly isElsewhere: boolean;
  readonly delivered: number;
  /** Attempts that failed. */
  readonly failed: number;
  /** Deliveries that were given up. */
  readonly deadLettered: number;
  /** Deliveries that wait for their next attempt, or behind an earlier one of their wallet. */
  readonly waiting: number;
}

export interface WebhookListRequest {
  readonly endpointId: string;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** 1 to 1,000; default 100. */
  readonly limit?: number | undefined;
}

/** An event that an endpoint did not take, however often it was tried. */
export interface DeadLetter {
  readonly id: string;
  readonly event: CreditEvent;
  readonly attempts: number;
  /** HTTP status of the last attempt; null where no answer came. */
  readonly status: number | null;
  /** Why the last attempt failed. */
  readonly error: string;
  readonly at: Date;
}

export interface ReplayRequest {
  readonly endpointId: string;
  /** Of a dead letter, or all that there are now. */
  readonly id: string | { readonly all: true };
}

/** One attempt at a delivery. */
export interface WebhookAttempt {
  readonly at: Date;
  readonly eventId: string;
  readonly type: string;
  readonly customerId: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly outcome: "delivered" | "failed" | "dead";
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly nextAttemptAt: Date | null;
}

export interface WebhookDispatcher {
  /**
   * Delivers until `stop`. Settles once every endpoint has its place in the outbox: each event from then on is delivered.
   *
   * @throws CreditError `store_unavailable`, `unsupported` after `close` of the engine
   */
  start(): Promise<void>;

  /** Begins no further attempt, and settles once those under way have ended and everything is written down. */
  stop(): Promise<void>;

  /**
   * Delivers until there is nothing left to do now, for cron jobs and tests; what waits for its next attempt stays.
   *
   * @throws CreditError `store_unavailable`, `unsupported` after `close` of the engine
   */
  run(): Promise<readonly WebhookRun[]>;

  /** Oldest first. @throws CreditError `invalid_input` */
  deadLetters(request: WebhookListRequest): Promise<Page<DeadLetter>>;

  /**
   * Dead letters wait for delivery again, at once and as if never tried, under the same `webhook-id`. Where more would wait
   * than an endpoint may hold, the rest stay dead letters.
   *
   * @returns how many.
   * @throws CreditError `invalid_input`, also where there is no such dead letter
   */
  replay(request: ReplayRequest): Promise<{ readonly replayed: number }>;

  /** The last 1,000 attempts at an endpoint, newest first. @throws CreditError `invalid_input` */
  log(request: WebhookListRequest): Promise<Page<WebhookAttempt>>;
}
