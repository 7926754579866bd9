import { CreditError } from "../core/errors.js";
import type { Request } from "../core/requests.js";
import type { Result } from "../core/results.js";
import type { NewReceipt } from "./change.js";
import { decodeJson, encodeJson } from "./json.js";
import { sha256 } from "./ledger-hash.js";

/** One mutation on its way: what is asked, under which key, by whom. */
export interface Mutation {
  readonly key: string;
  readonly request: Request;
  /** Canonical text of the request as it was given. */
  readonly requestText: string;
  readonly requestHash: Uint8Array;
  readonly actor: string | null;
  readonly reason: string | null;
}

export interface Answer {
  readonly result: Result;
  readonly replayed: boolean;
}

const HASH_BYTES = 16;

export function fingerprint(requestText: string): Uint8Array {
  return sha256(requestText).subarray(0, HASH_BYTES);
}

export function receiptOf(
  { key, request, requestText, requestHash, actor, reason }: Mutation,
  result: Result,
  operationId: string,
  recordedAt: number,
): NewReceipt {
  return {
    key,
    operationId,
    kind: request.kind,
    requestHash,
    request: requestText,
    result: encodeJson(result),
    actor,
    reason,
    recordedAt,
  };
}

/** The first answer again, if the request is the first one again. */
export function replay(mutation: Mutation, receipt: NewReceipt): Answer | CreditError {
  if (receipt.kind === mutation.request.kind && equalBytes(receipt.requestHash, mutation.requestHash))
    return { result: resultOf(receipt), replayed: true };
  const differs = differences(receipt, mutation);
  return new CreditError(
    "idempotency_conflict",
    `The idempotency key "${mutation.key}" was used before for another request: ${differs.join(", ")} ${differs.length === 1 ? "differs" : "differ"}. Use a new key for a new request, or repeat the first one exactly.`,
    { idempotencyKey: mutation.key, differs },
  );
}

function resultOf(receipt: NewReceipt): Result {
  return decodeJson(receipt.result) as Result;
}

function differences(receipt: NewReceipt, mutation: Mutation): readonly string[] {
  const before = JSON.parse(receipt.request) as Record<string, unknown>;
  const now = JSON.parse(mutation.requestText) as Record<string, unknown>;
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const differing = [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  return receipt.kind === mutation.request.kind ? differing : ["operation", ...differing];
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
