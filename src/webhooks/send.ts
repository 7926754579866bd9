import { lookup as lookupHost } from "node:dns/promises";
import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./addresses.js";
import type { ResolvedAddress } from "./api.js";

/** How to reach targets. */
export interface Route {
  readonly allowPrivateTargets: boolean;
  readonly timeoutMs: number;
  readonly resolve: (host: string) => Promise<readonly ResolvedAddress[]>;
}

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came of an attempt: a status, or why there is none. */
export interface Answer {
  readonly status: number | null;
  readonly error: string | null;
  /** As the receiver asks by `Retry-After`: seconds, or a date. */
  readonly retryAfter: string | null;
}

/** Of an answer, only its status counts; more than this of its body is not read. */
const MOST_ANSWER_BYTES = 64 * 1024;

export async function resolveByMachine(host: string): Promise<readonly ResolvedAddress[]> {
  const found = await lookupHost(host, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

/**
 * One attempt: a connection of its own, to an address that was checked, and no redirect followed. Node's client connects
 * to just what its look-up returned, so that a name which resolves otherwise the next time changes nothing.
 *
 * @returns an answer whatever happens.
 */
export function post(route: Route, { url, headers, body }: Post): Promise<Answer> {
  return new Promise((resolve) => {
    let status: number | null = null;
    let retryAfter: string | null = null;
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(url, { method: "POST", headers, agent: false, lookup: checkedLookup(route) });
    const end = (error: string) => {
      clearTimeout(timer);
      request.destroy();
      resolve({ status, error: status === null ? error : null, retryAfter });
    };
    const timer = setTimeout(() => end(`no answer within ${route.timeoutMs} ms`), route.timeoutMs);
    request.on("response", (response) => {
      status = response.statusCode ?? null;
      retryAfter = response.headers["retry-after"] ?? null;
      drain(response, () => end("the answer has no status"));
    });
    endOn(request, end);
    request.end(body);
  });
}

function endOn(request: ClientRequest, end: (error: string) => void): void {
  request.on("error", (error) => end(textOf(error)));
  request.on("close", () => end("the connection was closed before an answer"));
}

function drain(response: IncomingMessage, end: () => void): void {
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) end();
  });
  response.on("end", end);
  response.on("error", end);
}

function checkedLookup(route: Route): LookupFunction {
  return (host, options, callback) => {
    const look = async (): Promise<void> => {
      const addresses = await checkedAddresses(route, host);
      if (addresses instanceof Error) callback(addresses, []);
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, addresses[0].address, addresses[0].family);
    };
    void look();
  };
}

type Addresses = readonly [ResolvedAddress, ...ResolvedAddress[]];

async function checkedAddresses(
  { allowPrivateTargets, resolve }: Route,
  host: string,
): Promise<Addresses | Error> {
  try {
    const [first, ...others] = await resolve(host);
    if (first === undefined) return new Error("the host has no address");
    const addresses: Addresses = [first, ...others];
    const hidden = addresses.find(({ address }) => !isPublicAddress(address));
    if (hidden === undefined || allowPrivateTargets) return addresses;
    return new Error(`the host resolves to ${hidden.address}, which is no public address`);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const LONGEST_ERROR = 300;

/** Connecting to several addresses fails with an error that has no message of its own. */
function textOf(error: Error & { readonly code?: unknown; readonly errors?: unknown }): string {
  const [first] = Array.isArray(error.errors) ? (error.errors as readonly unknown[]) : [];
  const told = error.message === "" && first instanceof Error ? first.message : error.message;
  const text = told === "" ? String(error.code) : told;
  return text.slice(0, LONGEST_ERROR);
}
