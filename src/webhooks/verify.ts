import type { CreditEvent } from "../engine/api-events.js";
import { eventFromJson } from "../engine/events/present.js";
import { type CreditError, invalidInput } from "../core/errors.js";
import { isSecret, isSignedBy } from "./signature.js";

/** As Node's `request.headers` has them, or the `Headers` of `fetch`. */
export type WebhookHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { readonly get: (name: string) => string | null };

export interface VerifyWebhookRequest {
  /** The body as it came, byte for byte: before any parsing. */
  readonly payload: string | Uint8Array;
  readonly headers: WebhookHeaders;
  /** Those that count now: one, or the new and the old one while they change. */
  readonly secrets: readonly string[];
  /** How far the sender's clock and this one may lie apart, in milliseconds; default 5 minutes. */
  readonly toleranceMs?: number | undefined;
  /** UTC milliseconds; default: the machine's clock. */
  readonly now?: number | undefined;
}

const DEFAULT_TOLERANCE_MS = 5 * 60_000;
const SECONDS = /^\d{1,12}$/;

/**
 * For receivers: the event that a webhook of `webhookDispatcher` holds, once its signature and its age are right. The same
 * event may come several times, after a lost answer or a replay: tell a repeat by `event.id`, which is the `webhook-id`.
 *
 * @throws CreditError `invalid_input` where a header is missing, the signature is by none of the secrets, or it is too old
 * @example
 * ```ts
 * import { verifyWebhook } from "coffer/webhooks";
 *
 * export async function receive(request: Request): Promise<Response> {
 *   const event = verifyWebhook({
 *     payload: await request.text(),
 *     headers: request.headers,
 *     secrets: [String(process.env["WEBHOOK_SECRET"])],
 *   });
 *   if (event.type === "credits.balance.low") console.log(event.customerId, event.data.totals.net.toString());
 *   return new Response(null, { status: 204 });
 * }
 * ```
 */
export function verifyWebhook({
  payload,
  headers,
  secrets,
  toleranceMs = DEFAULT_TOLERANCE_MS,
  now = Date.now(),
}: VerifyWebhookRequest): CreditEvent {
  if (secrets.length === 0 || !secrets.every(isSecret))
    throw refused("`secrets` must hold at least one text of `whsec_` and the base64 of 24 to 64 bytes");
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signature = headerOf(headers, "webhook-signature");
  if (!SECONDS.test(timestamp)) throw refused("`webhook-timestamp` is no whole number of seconds");
  const at = Number(timestamp) * 1_000;
  const text = typeof payload === "string" ? payload : Buffer.from(payload).toString("utf8");
  if (!isSignedBy(secrets, { id, at, payload: text }, signature))
    throw refused(
      "no signature is by any of the secrets; give the body as it came, and the endpoint's secrets",
    );
  // Also where one of the two is not a number.
  if (!(Math.abs(now - at) <= toleranceMs))
    throw refused(
      `it was signed ${at < now ? "too long ago" : "too far ahead"}; the tolerance is ${toleranceMs} ms`,
    );
  return eventOf(text);
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const { get } = headers;
  const value = typeof get === "function" ? get.call(headers, name) : fieldOf(headers, name);
  if (typeof value === "string" && value !== "") return value;
  throw refused(`the header \`${name}\` is missing`);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldOf(headers: object, name: string): unknown {
  const key = Object.keys(headers).find((one) => one.toLowerCase() === name);
  const value = key === undefined ? undefined : (headers as Fields)[key];
  return Array.isArray(value) ? (value as readonly unknown[])[0] : value;
}

function eventOf(text: string): CreditEvent {
  try {
    return eventFromJson(JSON.parse(text) as Fields);
  } catch {
    throw refused("the body is signed, but holds no event");
  }
}

function refused(why: string): CreditError {
  return invalidInput(`verifyWebhook: ${why}.`);
}
