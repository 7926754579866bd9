import { impossible } from "../core/errors.js";
import type { Request } from "../core/requests.js";
import type { Result } from "../core/results.js";
import { OWN_KEY_PREFIX } from "./request-schemas.js";
import type { Services } from "./services.js";
import { type Answer, fingerprint } from "./task.js";
import type { WalletHandle } from "./wallet-handles.js";

/** A decided mutation, with the wallet that it was decided in. */
export interface Settled<R extends Result> {
  readonly handle: WalletHandle;
  readonly result: R;
  readonly replayed: boolean;
}

export interface Notes {
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Queues a parsed mutation of one wallet, and waits for its answer. Without a key one is made up. */
export async function settleMutation<Kind extends Result["kind"]>(
  services: Services,
  handle: WalletHandle,
  { actor, reason, idempotencyKey }: Notes,
  text: string,
  kind: Kind,
  request: Request,
): Promise<Settled<Extract<Result, { kind: Kind }>>> {
  const key = idempotencyKey ?? `${OWN_KEY_PREFIX}${services.newId(services.now())}`;
  const notes = { actor: actor ?? null, reason: reason ?? null };
  const mutation = { key, request, requestText: text, requestHash: fingerprint(text), ...notes };
  const { result, replayed } = await services.submit(handle, mutation);
  return { handle, result: ofKind(result, kind), replayed };
}

export function ofKind<Kind extends Result["kind"]>(
  result: Answer["result"],
  kind: Kind,
): Extract<Result, { kind: Kind }> {
  if (result.kind === kind) return result as Extract<Result, { kind: Kind }>;
  throw impossible(`a ${result.kind} where a ${kind} was decided`);
}
