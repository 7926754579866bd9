import * as z from "zod";
import { instantSchema, textSchema } from "../../catalog/inputs.js";
import { parseInput, reading as readingInput, show } from "../../catalog/parse-input.js";
import { isPlainObject, plainCopy } from "../../catalog/plain.js";
import { invalidInput } from "../../core/errors.js";
import type { CreditEvent, CreditEventType, EventVerbs } from "../api-events.js";
import type { EngineParts } from "../engine-parts.js";
import { parseRequest } from "../parse.js";
import { forget } from "./consumer.js";
import { pruneEvents } from "./prune.js";
import { type StreamOptions, streamEvents } from "./stream.js";

export const TYPES: readonly CreditEventType[] = [
  "credits.granted",
  "credits.grant.activated",
  "credits.grant.usage_low",
  "credits.grant.depleted",
  "credits.grant.expiring",
  "credits.expired",
  "credits.grant.voided",
  "credits.grant.updated",
  "credits.balance.low",
  "credits.balance.depleted",
  "credits.balance.recovered",
  "credits.overdraft.started",
  "credits.overdraft.settled",
  "credits.reservation.expired",
  "credits.top_up.started",
  "credits.top_up.action_required",
  "credits.top_up.completed",
  "credits.top_up.failed",
  "credits.top_up.canceled",
  "credits.top_up.unsettled",
  "credits.top_up.refunded",
  "credits.top_up.refund_failed",
  "credits.auto_top_up.started",
  "credits.auto_top_up.completed",
  "credits.auto_top_up.failed",
  "credits.auto_top_up.capped",
  "credits.auto_top_up.paused",
  "credits.auto_top_up.resumed",
];

/** Leaves room for what a wallet's name has beside it. */
const LONGEST_CONSUMER = 200;
const DEFAULT_POLL_MS = 1_000;
const LONGEST_POLL_MS = 2 ** 31 - 1;

const consumerSchema = textSchema(LONGEST_CONSUMER);

const eventsSchema = z.strictObject({
  consumer: consumerSchema,
  types: z.array(z.enum(TYPES)).min(1).optional(),
  fromStart: z.boolean().optional(),
  follow: z.boolean().optional(),
  pollMs: z.int().min(1).max(LONGEST_POLL_MS).optional(),
  saveEvery: z.int().min(1).optional(),
  signal: z.custom<AbortSignal>(isSignal, { error: "must be an AbortSignal" }).optional(),
});

const typeSchema = z.enum([...TYPES, "*"]);

function isSignal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}

const pruneSchema = z.strictObject({ before: instantSchema });
const forgetSchema = z.strictObject({ consumer: consumerSchema });

/** What an engine tells the outside. */
export function eventVerbs(parts: EngineParts): EventVerbs {
  const { lifetime, services } = parts;
  return {
    on: (type: unknown, handler: unknown) => listen(parts, type, handler),
    events: ((request: unknown) =>
      readingInput("events", () => streamEvents(parts, optionsOf(request)))) as EventVerbs["events"],
    pruneEvents: (request) =>
      lifetime.during(async () => {
        const { input } = parseRequest(pruneSchema, request, "pruneEvents");
        return { deleted: await pruneEvents(parts, input.before) };
      }),
    forgetConsumer: (request) =>
      lifetime.during(async () => {
        const { input } = parseRequest(forgetSchema, request, "forgetConsumer");
        await forget(services, input.consumer);
      }),
  };
}

function listen({ announcer }: EngineParts, type: unknown, handler: unknown): () => void {
  const wanted = parseInput(typeSchema, type, "on: the type");
  if (typeof handler !== "function")
    throw invalidInput(`on: give a function that takes the event; got ${show(handler)}.`);
  return announcer.on(wanted, handler as (event: CreditEvent) => void);
}

function optionsOf(request: unknown): StreamOptions {
  if (!isPlainObject(request))
    throw invalidInput(`events: the request must be a plain object; got ${show(request)}.`);
  const input = parseInput(eventsSchema, plainCopy(request, "events"), "events");
  return {
    consumer: input.consumer,
    types: input.types === undefined ? null : new Set(input.types),
    fromStart: input.fromStart ?? true,
    follow: input.follow ?? true,
    pollMs: input.pollMs ?? DEFAULT_POLL_MS,
    saveEvery: input.saveEvery ?? 1,
    signal: input.signal,
  };
}
