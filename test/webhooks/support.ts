/** A receiver of webhooks on this machine, and dispatchers to it. */
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CreditEvent } from "coffer";
import type { CreditStore } from "coffer/store";
import {
  type WebhookDispatcher,
  type WebhookEndpoint,
  verifyWebhook,
  webhookDispatcher,
} from "coffer/webhooks";
import { onTestFinished } from "vitest";
import { type Engine, type World, gift, world } from "../engine/support.js";

/** A status, or a misfortune. */
export type Reply =
  | number
  | "stall"
  | "cut"
  | "cutAnswer"
  | "drip"
  | "endless"
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> };

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly payload: string;
  /** What the body says, unverified. */
  readonly event: CreditEvent;
}

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** How the next requests are answered. */
  reply: (received: Received, index: number) => Reply | Promise<Reply>;
  /** "acme 1", "acme 2", …: customer and sequence of what was received. */
  numbers(): readonly string[];
  close(): Promise<void>;
}

export async function receiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void take(request, response);
  });
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const payload = await bodyOf(request);
    const { url = "", headers } = request;
    const one = { path: url, headers, payload, event: JSON.parse(payload) as CreditEvent };
    received.push(one);
    answer(response, await made.reply(one, received.length - 1));
  };
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const made: Receiver = {
    url: `http://127.0.0.1:${port}/hooks`,
    port,
    received,
    reply: () => 200,
    numbers: () => received.map(({ event }) => `${event.customerId} ${event.sequence}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  onTestFinished(() => made.close());
  return made;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, reply: Reply): void {
  if (typeof reply === "number") response.writeHead(reply).end("thanks");
  else if (typeof reply === "object") response.writeHead(reply.status, reply.headers).end();
  else if (reply === "cut") response.socket?.destroy();
  else if (reply === "cutAnswer") {
    response.writeHead(500, { "content-length": "100" });
    response.write("half of");
    setImmediate(() => response.socket?.destroy());
  } else if (reply === "drip") {
    response.writeHead(200);
    response.write("and so on");
  } else if (reply === "endless") {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      if (!response.destroyed) response.once("drain", more);
    };
    response.on("error", () => undefined);
    more();
  }
}

export const SECRET = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
export const OLD_SECRET = `whsec_${Buffer.alloc(24, 2).toString("base64")}`;

type DispatcherOptions = Parameters<typeof webhookDispatcher>[0];

export interface Hooks extends World {
  readonly receiver: Receiver;
  readonly dispatcher: WebhookDispatcher;
  /** Another one, as after a restart or in another process. */
  another(options?: Partial<DispatcherOptions>, endpoint?: Partial<WebhookEndpoint>): WebhookDispatcher;
}

/** Everything from the first event on goes to one receiver, called "crm". */
export async function hooks(
  options: Partial<DispatcherOptions> = {},
  endpoint: Partial<WebhookEndpoint> = {},
): Promise<Hooks> {
  const here = world();
  const to = await receiver();
  const another: Hooks["another"] = (more = {}, other = {}) =>
    webhookDispatcher({
      credits: here.credits,
      endpoints: [{ id: "crm", url: to.url, secrets: [SECRET], fromStart: true, ...endpoint, ...other }],
      allowPrivateTargets: true,
      ...options,
      ...more,
    });
  return { ...here, receiver: to, dispatcher: another(), another };
}

/** One event for each. */
export async function gifts(credits: Engine, count: number, customerId: string = "acme"): Promise<void> {
  for (let one = 0; one < count; one++) await gift(credits, 1, { customerId });
}

export function verified(
  { payload, headers }: Received,
  now: number,
  secrets: readonly string[] = [SECRET],
): CreditEvent {
  return verifyWebhook({ payload, headers, secrets, now });
}

type Method = "load" | "commit" | "transact" | "list" | "usage" | "due" | "events" | "prune" | "close";

/** A store that says which of its methods is called; what the listener throws fails the call. */
export function onStore(store: CreditStore, before: (method: Method) => void): CreditStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        before(name as Method);
        return (await Reflect.apply(value, target, args)) as unknown;
      };
    },
  });
}

export const CRM = { endpointId: "crm" } as const;
