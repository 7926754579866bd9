import type { EngineDoor } from "../engine/door.js";
import { askedPause, pauseAfter } from "./backoff.js";
import type { Delivery } from "./delivery.js";
import type { DeliveryLog } from "./delivery-log.js";
import type { Endpoint, Settings } from "./options.js";
import { type Answer, post } from "./send.js";
import { signaturesOf } from "./signature.js";

/** The receiver says that it will never take it. */
const GONE = 410;

/**
 * One attempt, written into the log.
 *
 * @returns null where it was delivered, else the delivery as it waits on: for its next attempt, or as given up.
 */
export async function attempt(
  { door, endpoint, settings, log }: Parts,
  delivery: Delivery,
): Promise<Delivery | null> {
  const at = door.now();
  const begunAtMs = door.pace.monotonicMs();
  const answer = await post(settings.route, postOf(endpoint, delivery, at));
  const durationMs = Math.round(door.pace.monotonicMs() - begunAtMs);
  const next = isTaken(answer) ? null : failed(door, settings, delivery, answer);
  const { eventId, type, customerId } = delivery;
  log.add({
    at,
    eventId,
    type,
    customerId,
    attempt: delivery.attempts + 1,
    outcome: next === null ? "delivered" : next.deadAt === null ? "failed" : "dead",
    status: answer.status,
    error: next === null ? null : next.error,
    durationMs,
    nextAttemptAt: next === null || next.deadAt !== null ? null : next.nextAt,
  });
  return next;
}

export interface Parts {
  readonly door: EngineDoor;
  readonly endpoint: Endpoint;
  readonly settings: Settings;
  readonly log: DeliveryLog;
}

function postOf(
  { url, secrets }: Endpoint,
  { eventId, body }: Delivery,
  at: number,
): Parameters<typeof post>[1] {
  return {
    url,
    body,
    headers: {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      "user-agent": "coffer-webhooks",
      "webhook-id": eventId,
      "webhook-timestamp": String(Math.floor(at / 1_000)),
      "webhook-signature": signaturesOf(secrets, { id: eventId, at, payload: body }),
    },
  };
}

function isTaken({ status }: Answer): boolean {
  return status !== null && status >= 200 && status < 300;
}

function failed(
  { now, pace }: EngineDoor,
  { retries }: Settings,
  delivery: Delivery,
  answer: Answer,
): Delivery {
  const attempts = delivery.attempts + 1;
  const { status, retryAfter } = answer;
  const error = answer.error ?? `answered ${String(status)}`;
  const failedAt = now();
  const isOver = attempts >= retries.maxAttempts || status === GONE;
  const pause = Math.max(pauseAfter(retries, attempts, pace.random()), askedPause(retryAfter, failedAt));
  return { ...delivery, attempts, status, error, nextAt: failedAt + pause, deadAt: isOver ? failedAt : null };
}
