import { advance } from "../core/advance.js";
import { decide } from "../core/decide.js";
import { Draft } from "../core/draft.js";
import { CreditError, invalidInput } from "../core/errors.js";
import { NOTHING_KNOWN } from "../core/known.js";
import type { Grant } from "../core/grant.js";
import type { TransferOutResult } from "../core/results.js";
import { scaledAmount } from "../catalog/inputs.js";
import type { Snapshot } from "../store/contract.js";
import type { ReceiptRow } from "../store/rows.js";
import type { Transfer } from "./api-results.js";
import { type CachedWallet, type NewReceipt, type PreparedChange, prepareChange } from "./change.js";
import { writeDue } from "./due.js";
import { publicId } from "./ids.js";
import { decodeJson, encodeJson } from "./json.js";
import { ofKind } from "./mutations.js";
import { namesOf, parseRequest } from "./parse.js";
import { creditsOf, presentDraw, presentGrant } from "./present.js";
import { OWN_KEY_PREFIX, transferSchema } from "./request-schemas.js";
import type { Services, WalletHandle } from "./services.js";
import { asCreditError, isAmbiguous, isTooLarge, isTransient } from "./store-failures.js";
import { type Mutation, fingerprint, receiptOf, replay } from "./task.js";
import { cachedFrom } from "./wallet-state.js";

/** What the source's receipt keeps: what left, and the grants that arrived. */
interface TransferResult extends TransferOutResult {
  readonly arrived: readonly Grant[];
}

interface Side {
  readonly handle: WalletHandle;
  readonly base: CachedWallet;
  readonly draft: Draft;
  readonly receipts: readonly ReceiptRow[];
}

const MOST_FAILED_TRIES = 5;

/** Moves free credits between two wallets: both change in one transaction of the store, or neither does. */
export async function transfer(services: Services, request: unknown): Promise<Transfer> {
  const { input, text } = parseRequest(transferSchema, request, "transfer");
  const from = services.handle(namesOf({ ...input.from, currency: input.currency }));
  const to = services.handle(namesOf({ ...input.to, currency: input.currency }));
  if (from.key.id === to.key.id)
    throw invalidInput("transfer: `from` and `to` are the same wallet.", { field: "to" });
  const amount = scaledAmount(input.amount, from.currency.scale, "amount", "positive");
  const mutation: Mutation = {
    key: input.idempotencyKey,
    request: { kind: "transferOut", amount },
    requestText: text,
    requestHash: fingerprint(text),
    actor: input.actor ?? null,
    reason: input.reason ?? null,
  };
  const { result, replayed } = await transact(services, from, to, mutation);
  return {
    id: publicId("op", from.key, result.id),
    amount: creditsOf(from, result.amount),
    draws: result.draws.map((draw) => presentDraw(from, draw)),
    grants: result.arrived.map((grant) => presentGrant(to, grant)),
    available: creditsOf(from, result.available),
    replayed,
  };
}

interface Settled {
  readonly result: TransferResult;
  readonly replayed: boolean;
}

async function transact(
  services: Services,
  from: WalletHandle,
  to: WalletHandle,
  mutation: Mutation,
): Promise<Settled> {
  if (from.key.part !== to.key.part && !services.store.limits.transactAcrossParts)
    throw new CreditError(
      "unsupported",
      "This store cannot transfer between these customers in one transaction.",
    );
  /** Operations of ours whose outcome is unknown. */
  const own = new Set<string>();
  let doubt: unknown;
  for (let failed = 1; ; failed++) {
    let settled: Settled | CreditError | undefined;
    let prepared: readonly PreparedChange[] = [];
    const cached = [services.cache.get(from.key), services.cache.get(to.key)] as const;
    const reads = [
      { key: from.key, receipts: [mutation.key], ...unlessStill(cached[0]) },
      { key: to.key, ...unlessStill(cached[1]) },
    ];
    try {
      await services.store.transact(reads, ([source, target]) => {
        const decided = decideTransfer(services, mutation, [
          sideOf(from, source, cached[0]),
          sideOf(to, target, cached[1]),
        ]);
        ({ settled, prepared } = decided);
        return prepared.map(({ change }) => change);
      });
    } catch (error) {
      // After an unknown outcome the receipt says what happened: trying again finds it.
      if (isAmbiguous(error)) doubt = error;
      if (settled !== undefined && !(settled instanceof CreditError)) own.add(settled.result.id);
      if (isTooLarge(error) && failed < MOST_FAILED_TRIES) await writeDueOf(services, [from, to]);
      else if (failed >= MOST_FAILED_TRIES || !(isTransient(error) || isAmbiguous(error)))
        throw asCreditError(doubt ?? error);
      services.cache.drop(from.key);
      services.cache.drop(to.key);
      continue;
    }
    for (const { change, next } of prepared) services.cache.put(change.key, next);
    if (settled === undefined) throw new CreditError("store_unavailable", "The store decided nothing.");
    if (settled instanceof CreditError) throw settled;
    return { ...settled, replayed: settled.replayed && !own.has(settled.result.id) };
  }
}

/** Much that fell due at once may not fit beside the transfer: it goes first. */
async function writeDueOf(services: Services, handles: readonly WalletHandle[]): Promise<void> {
  for (const handle of handles) {
    services.cache.drop(handle.key);
    await writeDue(services, handle);
  }
}

interface Decided {
  readonly settled: Settled | CreditError | undefined;
  readonly prepared: readonly PreparedChange[];
}

function decideTransfer(
  services: Services,
  mutation: Mutation,
  [giving, receiving]: readonly [Side | undefined, Side | undefined],
): Decided {
  if (giving === undefined || receiving === undefined) return { settled: undefined, prepared: [] };
  const receipt = giving.receipts.find(({ key }) => key === mutation.key);
  if (receipt !== undefined) return { settled: replayed(mutation, receipt), prepared: [] };
  const now = services.now();
  advance(giving.draft, now);
  advance(receiving.draft, now);
  try {
    return move(giving, receiving, mutation);
  } catch (error) {
    if (error instanceof CreditError) return { settled: error, prepared: [] };
    throw error;
  }
}

function unlessStill(cached: CachedWallet | undefined): { readonly unless?: number } {
  return cached === undefined ? {} : { unless: cached.wallet.version };
}

function sideOf(
  handle: WalletHandle,
  snapshot: Snapshot | undefined,
  cached: CachedWallet | undefined,
): Side | undefined {
  if (snapshot === undefined) return undefined;
  const base =
    snapshot.unchanged && cached !== undefined ? cached : cachedFrom(handle.names, handle.terms, snapshot);
  const draft = new Draft(base.wallet, handle.terms, NOTHING_KNOWN);
  return { handle, base, draft, receipts: snapshot.asked.receipts };
}

function replayed(mutation: Mutation, receipt: ReceiptRow): Settled | CreditError {
  const answer = replay(mutation, receipt);
  if (answer instanceof CreditError) return answer;
  return { result: decodeJson(receipt.result) as TransferResult, replayed: true };
}

/** Both receipts name the transfer: the giver's under the caller's key, the receiver's under one of our own. */
function move(giving: Side, receiving: Side, mutation: Mutation): Decided {
  const out = decide(giving.draft, mutation.request, mutation);
  const left = ofKind(out.result, "transferOut");
  const into = decide(receiving.draft, { kind: "transferIn", parcels: left.parcels }, mutation);
  const arrived = ofKind(into.result, "transferIn").grants;
  const result: TransferResult = { ...left, arrived };
  const key = `${OWN_KEY_PREFIX}${publicId("op", giving.handle.key, out.operationId)}`;
  const inward: Mutation = { ...mutation, key, request: { kind: "transferIn", parcels: left.parcels } };
  const given: NewReceipt = {
    ...receiptOf(mutation, left, out.operationId, giving.draft.now),
    result: encodeJson(result),
  };
  const received = receiptOf(inward, into.result, into.operationId, receiving.draft.now);
  const prepared = [
    prepareChange(giving.handle.key, giving.base, giving.draft, [given], [mutation.key]),
    prepareChange(receiving.handle.key, receiving.base, receiving.draft, [received], [key]),
  ];
  return { settled: { result, replayed: false }, prepared };
}
