import { featureOf } from "../catalog/catalog.js";
import { converted } from "../core/convert.js";
import { decide } from "../core/decide.js";
import { Draft } from "../core/draft.js";
import { CreditError, invalidInput } from "../core/errors.js";
import { NOTHING_KNOWN } from "../core/known.js";
import type { Grant } from "../core/grant.js";
import type { Parcel } from "../core/requests.js";
import type { TransferOutResult } from "../core/results.js";
import { scaledAmount } from "../catalog/inputs.js";
import type { Snapshot } from "../store/contract.js";
import type { ReceiptRow } from "../store/rows.js";
import type { Transfer } from "./api-results.js";
import { type CachedWallet, type NewReceipt, type PreparedChange, prepareChange } from "./change.js";
import { afterDue } from "./due.js";
import { advanceForDecision } from "./due-share.js";
import { publicId } from "./ids.js";
import { decodeJson, encodeJson } from "./json.js";
import { ofKind } from "./settle-mutation.js";
import type { Patience } from "./pace.js";
import { namesOf, parseRequest } from "./parse.js";
import { persevere } from "./persevere.js";
import { creditsOf, presentDraw, presentGrant } from "./present.js";
import { convertSchema } from "./lifecycle-schemas.js";
import { OWN_KEY_PREFIX, transferSchema } from "./request-schemas.js";
import type { Services } from "./services.js";
import { isAmbiguous } from "./store-failures.js";
import { type Mutation, fingerprint, receiptOf, replay } from "./task.js";
import type { WalletHandle } from "./wallet-handles.js";
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

/** Moves free credits between two wallets: both change in one transaction of the store, or neither does. */
export async function transfer(services: Services, request: unknown): Promise<Transfer> {
  const { input, text } = parseRequest(transferSchema, request, "transfer");
  const from = services.handle(namesOf(input.from, input.currency));
  const to = services.handle(namesOf(input.to, input.currency));
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
  const crossing = { from, to, amount, source: "transfer", carry: (parcel: Parcel) => parcel };
  return presented(crossing, await transact(services, crossing, mutation));
}

/** Credits of one currency become credits of another, in a wallet of the same customer, with their money and terms. */
export async function convert(services: Services, request: unknown): Promise<Transfer> {
  const { input, text } = parseRequest(convertSchema, request, "convert");
  const from = services.handle(namesOf(input, input.from));
  const to = services.handle(namesOf(input, input.to));
  if (from.key.id === to.key.id)
    throw invalidInput("convert: `from` and `to` are the same currency.", { field: "to" });
  if (input.rate.digits <= 0n) throw invalidInput("convert: `rate` must be above zero.", { field: "rate" });
  const amount =
    input.amount === undefined ? null : scaledAmount(input.amount, from.currency.scale, "amount", "positive");
  const features = featuresBetween(services, from, to, input.features ?? {});
  const conversion = { from: from.currency, to: to.currency, rate: input.rate, features };
  const carry = (parcel: Parcel) => converted(parcel, conversion);
  const crossing = { from, to, amount, source: "convert", carry };
  const mutation: Mutation = {
    key: input.idempotencyKey,
    request: { kind: "convert" },
    requestText: text,
    requestHash: fingerprint(text),
    actor: input.actor,
    reason: input.reason,
  };
  return presented(crossing, await transact(services, crossing, mutation));
}

function featuresBetween(
  { catalog }: Services,
  from: WalletHandle,
  to: WalletHandle,
  features: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  for (const [before, after] of Object.entries(features))
    for (const [id, { currency }] of [
      [before, from],
      [after, to],
    ] as const)
      if (featureOf(catalog, id).currency !== currency.id)
        throw invalidInput(`convert: feature "${id}" is not priced in "${currency.id}".`, {
          field: "features",
        });
  return new Map(Object.entries(features));
}

/** What goes from one wallet to another. */
interface Crossing {
  readonly from: WalletHandle;
  readonly to: WalletHandle;
  /** Null: all that is free. */
  readonly amount: bigint | null;
  readonly source: string;
  readonly carry: (parcel: Parcel) => Parcel;
}

function presented({ from, to }: Crossing, { result, replayed: isReplay }: Settled): Transfer {
  return {
    id: publicId("op", from.key, result.id),
    amount: creditsOf(from, result.amount),
    draws: result.draws.map((draw) => presentDraw(from, draw)),
    grants: result.arrived.map((grant) => presentGrant(to, grant)),
    available: creditsOf(from, result.available),
    replayed: isReplay,
  };
}

interface Settled {
  readonly result: TransferResult;
  readonly replayed: boolean;
}

async function transact(services: Services, crossing: Crossing, mutation: Mutation): Promise<Settled> {
  const { from, to } = crossing;
  if (from.key.part !== to.key.part && !services.access.limits.transactAcrossParts)
    throw new CreditError(
      "unsupported",
      "This store cannot transfer between these customers in one transaction.",
    );
  /** Operations of ours whose outcome is unknown. */
  const own = new Set<string>();
  const settled = await afterDue(
    services,
    () => [from, to],
    (patience) =>
      persevere(patience, async ({ failure }) => {
        if (failure !== undefined) dropBoth(services, from, to);
        return attempt(services, { crossing, mutation, patience, own });
      }),
  );
  if (settled instanceof CreditError) throw settled;
  return settled;
}

interface Attempt {
  readonly crossing: Crossing;
  readonly mutation: Mutation;
  readonly patience: Patience;
  readonly own: Set<string>;
}

async function attempt(
  services: Services,
  { crossing, mutation, patience, own }: Attempt,
): Promise<Settled | CreditError> {
  const { from, to } = crossing;
  const { access, cache } = services;
  let settled: Settled | CreditError | undefined;
  let prepared: readonly PreparedChange[] = [];
  const cached = [cache.get(from.key), cache.get(to.key)] as const;
  const reads = [
    { key: from.key, receipts: [mutation.key], ...unlessStill(cached[0]) },
    { key: to.key, ...unlessStill(cached[1]) },
  ];
  const decide = ([source, target]: readonly Snapshot[]) => {
    const sides = [sideOf(from, source, cached[0]), sideOf(to, target, cached[1])] as const;
    ({ settled, prepared } = decideTransfer(services, crossing, mutation, sides));
    return prepared.map(({ change }) => change);
  };
  try {
    await access.transact(reads, decide, patience);
  } catch (error) {
    // After an unknown outcome the receipt says what happened: trying again finds it.
    if (isAmbiguous(error) && settled !== undefined && !(settled instanceof CreditError) && !settled.replayed)
      own.add(settled.result.id);
    throw error;
  }
  for (const { change, next } of prepared) cache.put(change.key, next);
  if (settled === undefined) throw new CreditError("store_unavailable", "The store decided nothing.");
  if (settled instanceof CreditError) return settled;
  return { ...settled, replayed: settled.replayed && !own.has(settled.result.id) };
}

function dropBoth({ cache }: Services, from: WalletHandle, to: WalletHandle): void {
  cache.drop(from.key);
  cache.drop(to.key);
}

interface Decided {
  readonly settled: Settled | CreditError | undefined;
  readonly prepared: readonly PreparedChange[];
}

function decideTransfer(
  services: Services,
  crossing: Crossing,
  mutation: Mutation,
  [giving, receiving]: readonly [Side | undefined, Side | undefined],
): Decided {
  if (giving === undefined || receiving === undefined) return { settled: undefined, prepared: [] };
  const receipt = giving.receipts.find(({ key }) => key === mutation.key);
  if (receipt !== undefined) return { settled: replayed(mutation, receipt), prepared: [] };
  const now = services.now();
  advanceForDecision(giving.draft, now, services.access.limits);
  advanceForDecision(receiving.draft, now, services.access.limits);
  try {
    return move(crossing, giving, receiving, mutation);
  } catch (error) {
    if (error instanceof CreditError)
      return { settled: error, prepared: fenceOf(services, mutation, giving) };
    throw error;
  }
}

/** An earlier attempt may still land: then a change of nothing keeps it out, and the denial is true for good. */
function fenceOf(
  { access }: Services,
  mutation: Mutation,
  { handle: { key, terms }, base }: Side,
): readonly PreparedChange[] {
  if (!access.isInDoubt(key, base.wallet.version)) return [];
  return [prepareChange(key, base, new Draft(base.wallet, terms, NOTHING_KNOWN), [], [mutation.key])];
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
function move(
  { amount, source, carry }: Crossing,
  giving: Side,
  receiving: Side,
  mutation: Mutation,
): Decided {
  const all = giving.draft.wallet.available;
  const out = decide(giving.draft, { kind: "transferOut", amount: amount ?? all }, mutation);
  const left = ofKind(out.result, "transferOut");
  const request = { kind: "transferIn", source, parcels: left.parcels.map(carry) } as const;
  const into = decide(receiving.draft, request, mutation);
  const arrived = ofKind(into.result, "transferIn").grants;
  const result: TransferResult = { ...left, arrived };
  const key = `${OWN_KEY_PREFIX}${publicId("op", giving.handle.key, out.operationId)}`;
  const inward: Mutation = { ...mutation, key, request };
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
