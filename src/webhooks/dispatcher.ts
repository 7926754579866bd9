import { randomUUID } from "node:crypto";
import { show } from "../catalog/parse-input.js";
import { invalidInput } from "../core/errors.js";
import { eventFromJson } from "../engine/events/present.js";
import { pauseUnlessAborted } from "../engine/pace.js";
import type {
  DeadLetter,
  WebhookAttempt,
  WebhookDispatcher,
  WebhookDispatcherOptions,
  WebhookRun,
} from "./api.js";
import type { Dead } from "./dead-letters.js";
import type { LoggedAttempt } from "./delivery-log.js";
import { type Options, parseList, parseOptions, warn } from "./options.js";
import { replay } from "./replay.js";
import { Worker } from "./worker.js";

/**
 * Sends events to endpoints as Standard Webhooks: each at least once, those of one wallet in order. What fails is tried
 * again, and what keeps failing becomes a dead letter; where everything stands is kept in the engine's store, so that a
 * dispatcher goes on where another one ended. Of several for one endpoint, one delivers at a time.
 *
 * @throws CreditError `invalid_input`
 * @example
 * ```ts
 * import { webhookDispatcher } from "coffer/webhooks";
 *
 * const dispatcher = webhookDispatcher({
 *   credits,
 *   endpoints: [
 *     {
 *       id: "crm",
 *       url: "https://crm.example.com/hooks/credits",
 *       secrets: [String(process.env["CRM_SECRET"])],
 *       types: ["credits.balance.low", "credits.balance.depleted"],
 *     },
 *   ],
 * });
 * await dispatcher.start();
 * process.once("SIGTERM", () => void dispatcher.stop());
 * ```
 */
export function webhookDispatcher(options: WebhookDispatcherOptions): WebhookDispatcher {
  const dispatcher = new Dispatcher(parseOptions(options));
  // Its functions may be passed on by themselves, as those of an engine.
  return {
    start: () => dispatcher.start(),
    stop: () => dispatcher.stop(),
    run: () => dispatcher.run(),
    deadLetters: (request) => dispatcher.deadLetters(request),
    replay: (request) => dispatcher.replay(request),
    log: (request) => dispatcher.log(request),
  };
}

class Dispatcher implements WebhookDispatcher {
  private readonly workers: ReadonlyMap<string, Worker>;
  private stopping: AbortController | null = null;
  private loops: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: Options) {
    const { door, endpoints } = options;
    const owner = randomUUID();
    this.workers = new Map(
      endpoints.map((endpoint) => [endpoint.id, new Worker(door, endpoint, options, owner)]),
    );
  }

  async start(): Promise<void> {
    if (this.stopping !== null) return;
    const stopping = new AbortController();
    this.stopping = stopping;
    try {
      await Promise.all([...this.workers.values()].map((worker) => worker.open()));
    } catch (error) {
      this.stopping = null;
      throw error;
    }
    this.loops = Promise.all([...this.workers.values()].map((worker) => this.loop(worker, stopping.signal)));
  }

  async stop(): Promise<void> {
    this.stopping?.abort();
    await this.loops;
    this.stopping = null;
  }

  async run(): Promise<readonly WebhookRun[]> {
    const { door } = this.options;
    const runs = [...this.workers.values()].map(async (worker) => {
      await worker.open();
      try {
        return await worker.work(() => door.isClosing());
      } finally {
        if (this.stopping === null && !door.isClosing()) await worker.release();
      }
    });
    // One that fails does not cut off the others.
    await Promise.allSettled(runs);
    return Promise.all(runs);
  }

  async deadLetters(request: unknown): ReturnType<WebhookDispatcher["deadLetters"]> {
    const { endpointId, after, limit } = parseList(request, "deadLetters");
    const { items, next } = await this.worker(endpointId, "deadLetters").dead.list(after, limit);
    return { items: items.map(letterOf), next };
  }

  async replay(request: unknown): ReturnType<WebhookDispatcher["replay"]> {
    return replay((endpointId) => this.worker(endpointId, "replay"), request);
  }

  async log(request: unknown): ReturnType<WebhookDispatcher["log"]> {
    const { endpointId, after, limit } = parseList(request, "log");
    const { log } = this.worker(endpointId, "log");
    const { items, next } = await log.list(numberOf(after), limit);
    return { items: items.map(attemptOf), next: next === null ? null : String(next) };
  }

  private worker(endpointId: string, verb: string): Worker {
    const worker = this.workers.get(endpointId);
    if (worker !== undefined) return worker;
    throw invalidInput(`${verb}: there is no endpoint ${show(endpointId)} in this dispatcher.`, {
      field: "endpointId",
    });
  }

  private async loop(worker: Worker, signal: AbortSignal): Promise<void> {
    const { door, pollMs } = this.options;
    const isOver = () => signal.aborted || door.isClosing();
    while (!isOver()) {
      await this.watched(worker, () => worker.work(isOver));
      if (!isOver()) await pauseUnlessAborted(door.pace, pollMs, signal);
    }
    if (!door.isClosing()) await this.watched(worker, () => worker.release());
  }

  /** Failures are told, and tried again at the next look. */
  private async watched({ endpoint }: Worker, work: () => Promise<unknown>): Promise<void> {
    const { door, onError } = this.options;
    const about = { endpointId: endpoint.id };
    try {
      await work();
    } catch (error) {
      if (door.isClosing()) return;
      try {
        onError(error, about);
      } catch (thrown) {
        warn(thrown, about);
      }
    }
  }
}

function letterOf({ id, delivery }: Dead): DeadLetter {
  const { body, attempts, status, error, deadAt } = delivery;
  return {
    id,
    event: eventFromJson(JSON.parse(body) as Readonly<Record<string, unknown>>),
    attempts,
    status,
    error: error ?? "",
    at: new Date(deadAt ?? 0),
  };
}

function attemptOf({ at, nextAttemptAt, ...attempt }: LoggedAttempt): WebhookAttempt {
  const { eventId, type, customerId, outcome, status, error, durationMs } = attempt;
  return {
    at: new Date(at),
    eventId,
    type,
    customerId,
    attempt: attempt.attempt,
    outcome,
    status,
    error,
    durationMs,
    nextAttemptAt: nextAttemptAt === null ? null : new Date(nextAttemptAt),
  };
}

function numberOf(after: string | undefined): number {
  if (after === undefined) return Number.MAX_SAFE_INTEGER;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw invalidInput("log: `after` must be the `next` of the page before.", { field: "after" });
}
