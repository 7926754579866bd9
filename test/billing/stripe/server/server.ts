/** A server on this machine that speaks Stripe's protocol strictly, with misfortunes. */
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import Stripe from "stripe";
import { onTestFinished } from "vitest";
import { decode } from "./form.js";
import { ROUTES } from "./routes.js";
import { Account, ApiError, invalid } from "./state.js";

/**
 * - `lost`: done, and the answer breaks off; `unheard`: nothing is done, and the answer breaks off;
 * - `closed`: done, and the connection is closed without an answer;
 * - `broken`: done, and answered with 500; `down`: nothing is done, 500: either is kept under the key;
 * - `busy`: 429, which is not kept.
 */
export type Misfortune = "lost" | "unheard" | "closed" | "broken" | "down" | "busy" | null;

export interface Call {
  /** "POST /v1/payment_intents" */
  readonly name: string;
  readonly key: string | null;
  readonly params: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface KeyedCall {
  readonly request: string;
  readonly at: number;
  answer: Answer | null;
}

const SECRET_KEY = "sk_test_coffer";
const KEPT_SECONDS = 86_400;
const LONGEST_KEY = 255;

export class StripeServer {
  account = new Account();
  readonly calls: Call[] = [];
  /** What befalls a call; index counts all calls from 0. */
  misfortune: (call: Call, index: number) => Misfortune = () => null;
  /** Holds every call until it settles. */
  hold: Promise<void> | null = null;
  private readonly keys = new Map<string, KeyedCall>();

  readonly stripe: Stripe;

  private constructor(private readonly port: number) {
    this.stripe = this.client(SECRET_KEY);
  }

  /** The official library, pointed at this server. */
  client(secretKey: string): Stripe {
    return new Stripe(secretKey, {
      host: "127.0.0.1",
      port: this.port,
      protocol: "http",
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }

  static async start(): Promise<StripeServer> {
    const box: { server?: StripeServer } = {};
    const http = createServer((request, response) => {
      void box.server?.take(request, response);
    });
    await new Promise<void>((resolve) => {
      http.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(
      () =>
        new Promise<void>((resolve) => {
          http.close(() => resolve());
          http.closeAllConnections();
        }),
    );
    const { port } = http.address() as AddressInfo;
    box.server = new StripeServer(port);
    return box.server;
  }

  /** An account that knows nothing. */
  reset(): void {
    this.account = new Account();
    this.keys.clear();
    this.misfortune = () => null;
    this.hold = null;
  }

  /** "POST /v1/payment_intents": how often it was called. */
  count(name: string): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await text(request);
    const { pathname, search } = new URL(request.url ?? "", "http://stripe.test");
    const form = request.method === "POST" ? sent : search.slice(1);
    const call: Call = {
      name: `${request.method} ${pathname}`,
      key: headerOf(request, "idempotency-key"),
      params: decode(form),
    };
    const misfortune = this.misfortune(call, this.calls.length);
    this.calls.push(call);
    if (misfortune === "busy")
      return send(
        response,
        failed(
          new ApiError(429, { type: "invalid_request_error", message: "Slow down", code: "rate_limit" }),
        ),
      );
    if (misfortune === "unheard") return breakOff(response);
    const { answer, isReplayed } = await this.answer(request, call, form, misfortune);
    if (misfortune === "lost") return breakOff(response);
    if (misfortune === "closed") return void response.destroy();
    send(response, answer, isReplayed ? { "idempotent-replayed": "true" } : {});
  }

  private async answer(
    request: IncomingMessage,
    call: Call,
    form: string,
    misfortune: Misfortune,
  ): Promise<{ answer: Answer; isReplayed: boolean }> {
    try {
      checkHead(request, form);
      const run = this.parsed(call);
      if (call.name.startsWith("GET ")) return { answer: done(run, misfortune), isReplayed: false };
      return await this.once(call, `${call.name}?${form}`, () => done(run, misfortune));
    } catch (error) {
      // Refused before anything began: not kept under the key.
      if (error instanceof ApiError) return { answer: failed(error), isReplayed: false };
      throw error;
    }
  }

  private parsed({ name, params }: Call): () => unknown {
    for (const { method, path, run } of ROUTES) {
      const match = name.startsWith(`${method} `) ? path.exec(name.slice(method.length + 1)) : null;
      if (match !== null) return run(this.account, match[1] ?? "", params);
    }
    throw new ApiError(404, { type: "invalid_request_error", message: `Unrecognized request URL: ${name}` });
  }

  private async once(
    { key }: Call,
    request: string,
    act: () => Answer,
  ): Promise<{ answer: Answer; isReplayed: boolean }> {
    if (key === null) throw new Error("The library gives every POST a key.");
    if (key.length > LONGEST_KEY) throw invalid("Keys are up to 255 characters long");
    const { now } = this.account;
    const known = this.keys.get(key);
    if (known !== undefined && now - known.at < KEPT_SECONDS) {
      if (known.request !== request)
        throw new ApiError(400, {
          type: "idempotency_error",
          message:
            "Keys for idempotent requests can only be used with the same parameters they were first used with.",
        });
      if (known.answer === null)
        throw new ApiError(409, {
          type: "idempotency_error",
          message: "There is currently another in-progress request using this key.",
          code: "idempotency_key_in_use",
        });
      return { answer: known.answer, isReplayed: true };
    }
    const mine: KeyedCall = { request, at: now, answer: null };
    this.keys.set(key, mine);
    await this.hold;
    mine.answer = act();
    return { answer: mine.answer, isReplayed: false };
  }
}

function done(run: () => unknown, misfortune: Misfortune): Answer {
  if (misfortune === "down") return failed(OUTAGE);
  let answer: Answer;
  try {
    answer = { status: 200, body: JSON.stringify(run()) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    answer = failed(error);
  }
  return misfortune === "broken" ? failed(OUTAGE) : answer;
}

const OUTAGE = new ApiError(500, { type: "api_error", message: "Something went wrong on Stripe's end" });

function checkHead(request: IncomingMessage, form: string): void {
  if (headerOf(request, "authorization") !== `Bearer ${SECRET_KEY}`)
    throw new ApiError(401, { type: "invalid_request_error", message: "Invalid API Key provided" });
  if (headerOf(request, "stripe-version") !== Stripe.API_VERSION) throw invalid("Another API version");
  if (request.method === "POST" && headerOf(request, "content-type") !== "application/x-www-form-urlencoded")
    throw invalid("Not a form");
  if (decode(form) === undefined) throw invalid("The form cannot be read");
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" ? value : null;
}

function failed({ status, body }: ApiError): Answer {
  return { status, body: JSON.stringify({ error: body }) };
}

let requests = 0;

function send(
  response: ServerResponse,
  { status, body }: Answer,
  headers: Record<string, string> = {},
): void {
  requests += 1;
  response.writeHead(status, {
    "content-type": "application/json",
    "request-id": `req_${requests}`,
    "stripe-version": Stripe.API_VERSION,
    ...headers,
  });
  response.end(body);
}

/** Heads only: as quick as it is lost. */
function breakOff(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": "100000" });
  response.write("{", () => response.destroy());
}
