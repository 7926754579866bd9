import * as z from "zod";
import { parseInput, reading, show } from "../catalog/parse-input.js";
import { type CreditError, invalidInput } from "../core/errors.js";
import { type EngineDoor, doorTo } from "../engine/door.js";
import { isPublicAddress } from "./addresses.js";
import type { WebhookDispatcherOptions } from "./api.js";
import { DEFAULT_DELAYS_MS, type Retries } from "./backoff.js";
import { type Route, resolveByMachine } from "./send.js";
import { isSecret } from "./signature.js";

export interface Endpoint {
  readonly id: string;
  readonly url: URL;
  readonly secrets: readonly string[];
  /** Null: all. */
  readonly types: ReadonlySet<string> | null;
  readonly fromStart: boolean;
}

export interface Settings {
  readonly route: Route;
  readonly retries: Retries;
  readonly mostAtOnce: number;
  readonly pollMs: number;
  readonly onError: NonNullable<WebhookDispatcherOptions["onError"]>;
}

export interface Options extends Settings {
  readonly door: EngineDoor;
  readonly endpoints: readonly Endpoint[];
}

const WHAT = "webhookDispatcher";
const LONGEST_ID = 100;
/** What timers can wait for. */
const LONGEST_MS = 2 ** 31 - 1;
const LONGEST_TIMEOUT_MS = 10 * 60_000;
const LONGEST_DELAY_MS = 30 * 86_400_000;

const DEFAULTS = { timeoutMs: 10_000, mostAtOnce: 8, pollMs: 1_000 } as const;

const idSchema = z.string().refine((id) => id.isWellFormed() && !id.includes("\u0000") && fits(id), {
  error: `must be a text of 1 to ${LONGEST_ID} bytes`,
});

function fits(id: string): boolean {
  return id !== "" && Buffer.byteLength(id) <= LONGEST_ID;
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

const doorSchema = z.unknown().transform((credits, context): EngineDoor => {
  const door = doorTo(credits);
  if (door !== undefined) return door;
  context.addIssue(`must be an engine as createCreditEngine made it; got ${show(credits)}`);
  return z.NEVER;
});

const optionsSchema = z.strictObject({
  credits: doorSchema,
  endpoints: z
    .array(
      z.strictObject({
        id: idSchema,
        // Urls and secrets are looked at by hand: no message may show them.
        url: z.unknown(),
        secrets: z.unknown(),
        types: z.array(z.string()).min(1).optional(),
        fromStart: z.boolean().optional(),
      }),
    )
    .min(1),
  allowPrivateTargets: z.boolean().optional(),
  timeoutMs: z.int().min(1).max(LONGEST_TIMEOUT_MS).optional(),
  retry: z
    .strictObject({
      delaysMs: z.array(z.int().min(0).max(LONGEST_DELAY_MS)).min(1).optional(),
      maxAttempts: z.int().min(1).optional(),
    })
    .optional(),
  mostAtOnce: z.int().min(1).optional(),
  pollMs: z.int().min(1).max(LONGEST_MS).optional(),
  resolve: z.custom<Route["resolve"]>(isFunction, { error: "must be a function" }).optional(),
  onError: z.custom<Settings["onError"]>(isFunction, { error: "must be a function" }).optional(),
});

type Given = z.output<typeof optionsSchema>;

export function parseOptions(given: unknown): Options {
  return reading(WHAT, () => {
    const { credits, endpoints, ...others } = parseInput(optionsSchema, given, WHAT);
    const allowPrivateTargets = others.allowPrivateTargets ?? false;
    refuseTwins(endpoints);
    return {
      door: credits,
      endpoints: endpoints.map((endpoint) => endpointOf(endpoint, credits, allowPrivateTargets)),
      route: {
        allowPrivateTargets,
        timeoutMs: others.timeoutMs ?? DEFAULTS.timeoutMs,
        resolve: others.resolve ?? resolveByMachine,
      },
      retries: retriesOf(others.retry),
      mostAtOnce: others.mostAtOnce ?? DEFAULTS.mostAtOnce,
      pollMs: others.pollMs ?? DEFAULTS.pollMs,
      onError: others.onError ?? warn,
    };
  });
}

function retriesOf(retry: Given["retry"]): Retries {
  const delaysMs = retry?.delaysMs ?? DEFAULT_DELAYS_MS;
  return { delaysMs, maxAttempts: retry?.maxAttempts ?? delaysMs.length + 1 };
}

function refuseTwins(endpoints: Given["endpoints"]): void {
  const ids = new Set<string>();
  for (const { id } of endpoints) {
    if (ids.has(id))
      throw invalidInput(`${WHAT}: two endpoints have the id ${show(id)}; each needs its own.`);
    ids.add(id);
  }
}

function endpointOf(
  { id, url, secrets, types, fromStart }: Given["endpoints"][number],
  door: EngineDoor,
  allowPrivateTargets: boolean,
): Endpoint {
  const unknown = types?.find((type) => !door.eventTypes.includes(type));
  if (unknown !== undefined)
    throw invalidInput(`${WHAT}: endpoint ${show(id)}: there are no events of type ${show(unknown)}.`, {
      field: "types",
    });
  return {
    id,
    url: targetOf(id, url, allowPrivateTargets),
    secrets: secretsOf(id, secrets),
    types: types === undefined ? null : new Set(types),
    fromStart: fromStart ?? false,
  };
}

function targetOf(id: string, given: unknown, allowPrivateTargets: boolean): URL {
  const refused = (why: string): CreditError =>
    invalidInput(`${WHAT}: endpoint ${show(id)}: \`url\` ${why}.`, { field: "url" });
  if (typeof given !== "string" || !URL.canParse(given)) throw refused("must be a whole url, as a text");
  const url = new URL(given);
  const isHttp = url.protocol === "http:";
  if (url.protocol !== "https:" && !isHttp) throw refused("must begin with https:");
  if (isHttp && !allowPrivateTargets)
    throw refused("must begin with https: (http: is for closed networks: `allowPrivateTargets`)");
  if (url.username !== "" || url.password !== "")
    throw refused("must hold no user and no password; receivers know the sender by its signature");
  // Node asks no look-up for what is an address already.
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const isAddress = /^[\d.]+$/.test(host) || host.includes(":");
  if (isAddress && !allowPrivateTargets && !isPublicAddress(host))
    throw refused("is a private, loopback or reserved address (allowed with `allowPrivateTargets`)");
  return url;
}

function secretsOf(id: string, given: unknown): readonly string[] {
  if (Array.isArray(given) && given.length > 0 && given.every(isSecret)) return given;
  throw invalidInput(
    `${WHAT}: endpoint ${show(id)}: \`secrets\` must hold at least one text of "whsec_" and the base64 of 24 to 64 random bytes.`,
    { field: "secrets" },
  );
}

const listSchema = z.strictObject({
  endpointId: z.string(),
  after: z.string().optional(),
  limit: z.int().min(1).max(1_000).optional(),
});

const DEFAULT_LIMIT = 100;

export interface ListInput {
  readonly endpointId: string;
  readonly after: string | undefined;
  readonly limit: number;
}

export function parseList(request: unknown, verb: string): ListInput {
  const { endpointId, after, limit } = reading(verb, () => parseInput(listSchema, request, verb));
  return { endpointId, after, limit: limit ?? DEFAULT_LIMIT };
}

const replaySchema = z.strictObject({
  endpointId: z.string(),
  id: z.union([z.string(), z.strictObject({ all: z.literal(true) })]),
});

export function parseReplay(request: unknown): z.output<typeof replaySchema> {
  return reading("replay", () => parseInput(replaySchema, request, "replay"));
}

export function warn(error: unknown, { endpointId }: { readonly endpointId: string }): void {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`Webhooks to "${endpointId}" do not go on: ${what}`, {
    type: "CreditWebhookWarning",
    code: "COFFER_WEBHOOK",
  });
}
