import { advance } from "../../core/advance.js";
import { decide } from "../../core/decide.js";
import { Draft } from "../../core/draft.js";
import { CreditError } from "../../core/errors.js";
import type { Grant } from "../../core/grant.js";
import { NOTHING_KNOWN } from "../../core/known.js";
import type { PlanStep } from "../../core/requests.js";
import type { RefundResult } from "../../core/results.js";
import type { Planned, Subscription } from "../../core/subscription.js";
import type { Snapshot } from "../../store/contract.js";
import { type NewReceipt, type PreparedChange, prepareChange } from "../change.js";
import { afterDue } from "../due.js";
import { advanceForDecision } from "../due-share.js";
import { publicId } from "../ids.js";
import { decodeJson, encodeJson } from "../json.js";
import type { Patience } from "../pace.js";
import { persevere } from "../persevere.js";
import { OWN_KEY_PREFIX } from "../request-schemas.js";
import type { Services } from "../services.js";
import { ofKind } from "../settle-mutation.js";
import { loadOne } from "../store-access.js";
import { isAmbiguous } from "../store-failures.js";
import { type Mutation, replay } from "../task.js";
import type { WalletHandle } from "../wallet-handles.js";
import { cachedFrom } from "../wallet-state.js";
import { subscriptionFrom } from "./records.js";

/** A verb on one subscription. */
export interface Work {
  /** The customer's own wallet, where subscriptions stand. */
  readonly own: WalletHandle;
  /** Null: it is new. */
  readonly subscriptionId: string | null;
  readonly mutation: Mutation;
  /** Pure; denies by throwing a `CreditError`. */
  readonly plan: (before: Subscription | undefined, now: number) => Planned;
}

/** What the receipt keeps. */
export interface SubscriptionOutcome {
  readonly subscription: Subscription;
  readonly at: number;
  readonly wallets: readonly {
    readonly currency: string;
    readonly grants: readonly Grant[];
    readonly refunds: readonly RefundResult[];
  }[];
}

export interface SettledSubscription {
  readonly outcome: SubscriptionOutcome;
  readonly replayed: boolean;
}

/** The subscription and its wallets change in one transaction of the store, or nothing does. */
export async function settleSubscription(services: Services, work: Work): Promise<SettledSubscription> {
  /** Operations of ours whose outcome is unknown. */
  const own = new Set<string>();
  let reached: readonly WalletHandle[] = [];
  const settled = await afterDue(
    services,
    () => reached,
    (patience) =>
      persevere(patience, async ({ failure }) => {
        const wallets = await walletsOf(services, work, patience);
        if (wallets instanceof CreditError) return wallets;
        reached = wallets;
        if (failure !== undefined) for (const { key } of wallets) services.cache.drop(key);
        return attempt(services, { work, wallets, patience, own });
      }),
  );
  if (settled instanceof CreditError) throw settled;
  return settled;
}

/** The wallets of the currencies that the verb reaches, by what is stored now. */
async function walletsOf(
  services: Services,
  work: Work,
  patience: Patience,
): Promise<readonly WalletHandle[] | CreditError> {
  const { access } = services;
  const snapshot = await loadOne(access, readOf(work), patience);
  const planned = planOf(work, snapshot, services.now());
  const currencies = planned instanceof CreditError ? [] : [...planned.steps.keys()];
  const { names } = work.own;
  const { walletsPerTransact } = access.limits;
  if (currencies.length + 1 > walletsPerTransact)
    return new CreditError(
      "unsupported",
      `This store changes at most ${walletsPerTransact} wallets in one transaction; the subscription needs ${currencies.length + 1}.`,
      { wallets: currencies.length + 1, limit: walletsPerTransact },
    );
  return currencies.map((currency) => services.handle({ ...names, currency }));
}

function readOf({ own, subscriptionId, mutation }: Work): Parameters<typeof loadOne>[1] {
  return {
    key: own.key,
    receipts: [mutation.key],
    ...(subscriptionId === null ? {} : { records: [{ kind: "subscription", id: subscriptionId }] }),
  };
}

function planOf({ plan, subscriptionId }: Work, snapshot: Snapshot, now: number): Planned | CreditError {
  try {
    return plan(subscriptionFrom(snapshot, subscriptionId), Math.max(now, snapshot.head?.clock ?? now));
  } catch (error) {
    if (error instanceof CreditError) return error;
    throw error;
  }
}

interface Attempt {
  readonly work: Work;
  readonly wallets: readonly WalletHandle[];
  readonly patience: Patience;
  readonly own: Set<string>;
}

interface Decided {
  readonly settled: SettledSubscription | CreditError | "spoilt";
  readonly prepared: readonly PreparedChange[];
  readonly operationId: string | null;
}

async function attempt(
  services: Services,
  { work, wallets, patience, own }: Attempt,
): Promise<SettledSubscription | CreditError | "spoilt"> {
  const { access, cache } = services;
  let decided: Decided = { settled: "spoilt", prepared: [], operationId: null };
  try {
    await access.transact(
      [readOf(work), ...wallets.map(({ key }) => ({ key }))],
      (snapshots) => {
        decided = decideAll(services, work, wallets, snapshots);
        return decided.prepared.map(({ change }) => change);
      },
      patience,
    );
  } catch (error) {
    // After an unknown outcome the receipt says what happened: trying again finds it.
    if (isAmbiguous(error) && decided.operationId !== null) own.add(decided.operationId);
    throw error;
  }
  const { settled, prepared, operationId } = decided;
  for (const { change, next } of prepared) cache.put(change.key, next);
  if (settled === "spoilt" || settled instanceof CreditError) return settled;
  return {
    ...settled,
    replayed: settled.replayed && (operationId === null || !own.has(operationId)),
  };
}

function decideAll(
  services: Services,
  work: Work,
  wallets: readonly WalletHandle[],
  [ownSnapshot, ...others]: readonly Snapshot[],
): Decided {
  const nothing = { prepared: [], operationId: null } as const;
  if (ownSnapshot === undefined) return { ...nothing, settled: "spoilt" };
  const { mutation } = work;
  const receipt = ownSnapshot.asked.receipts.find(({ key }) => key === mutation.key);
  if (receipt !== undefined) {
    const answer = replay(mutation, receipt);
    if (answer instanceof CreditError) return { ...nothing, settled: answer };
    const outcome = decodeJson(receipt.result) as SubscriptionOutcome;
    return { settled: { outcome, replayed: true }, prepared: [], operationId: receipt.operationId };
  }
  const now = services.now();
  const planned = planOf(work, ownSnapshot, now);
  if (planned instanceof CreditError)
    return { ...nothing, settled: planned, prepared: fenceOf(services, work, ownSnapshot) };
  const known = new Set(wallets.map(({ names }) => names.currency));
  if ([...planned.steps.keys()].some((currency) => !known.has(currency)))
    return { ...nothing, settled: "spoilt" };
  try {
    return changesOf(services, work, { planned, wallets, ownSnapshot, others, now });
  } catch (error) {
    if (!(error instanceof CreditError)) throw error;
    return { ...nothing, settled: error, prepared: fenceOf(services, work, ownSnapshot) };
  }
}

/** An earlier attempt may still land: then a change of nothing keeps it out, and the denial is true for good. */
function fenceOf(
  { access }: Services,
  { own: { key, names, terms }, mutation }: Work,
  snapshot: Snapshot,
): readonly PreparedChange[] {
  if (!access.isInDoubt(key, snapshot.version)) return [];
  const base = cachedFrom(names, terms, snapshot);
  return [prepareChange(key, base, new Draft(base.wallet, terms, NOTHING_KNOWN), [], [mutation.key])];
}

interface Known {
  readonly planned: Planned;
  readonly wallets: readonly WalletHandle[];
  readonly ownSnapshot: Snapshot;
  readonly others: readonly Snapshot[];
  readonly now: number;
}

/** The receipt of the customer's own wallet bears the caller's key; those of the others one of ours. */
function changesOf(services: Services, { own, mutation }: Work, known: Known): Decided {
  const { planned, wallets, ownSnapshot, others, now } = known;
  const base = cachedFrom(own.names, own.terms, ownSnapshot);
  const draft = new Draft(base.wallet, own.terms, NOTHING_KNOWN);
  advance(draft, now);
  draft.begin({ actor: mutation.actor, reason: mutation.reason, occurredAt: draft.now, cause: null });
  draft.setSubscription(planned.after);
  const operationId = draft.settledOperationId;
  const key = `${OWN_KEY_PREFIX}${publicId("op", own.key, operationId)}`;
  const subscriptionId = publicId("sb", own.key, planned.after.id);
  const parts = wallets.flatMap((handle, index) => {
    const snapshot = others[index];
    const steps = planned.steps.get(handle.names.currency);
    if (snapshot === undefined || steps === undefined) return [];
    const one = { handle, snapshot, steps, subscriptionId, key, now };
    return [partOf(services, mutation, one)];
  });
  const outcome: SubscriptionOutcome = {
    subscription: planned.after,
    at: draft.now,
    wallets: parts.map(({ result }) => result),
  };
  const receipt = receiptFor(mutation, mutation.key, { outcome, operationId, at: draft.now });
  const ownChange = prepareChange(own.key, base, draft, [receipt], [mutation.key]);
  const prepared = [ownChange, ...parts.map(({ change }) => change)];
  return { settled: { outcome, replayed: false }, prepared, operationId };
}

interface Part {
  readonly handle: WalletHandle;
  readonly snapshot: Snapshot;
  readonly steps: readonly PlanStep[];
  readonly subscriptionId: string;
  readonly key: string;
  readonly now: number;
}

function partOf(
  { access }: Services,
  mutation: Mutation,
  { handle, snapshot, steps, subscriptionId, key, now }: Part,
): { readonly change: PreparedChange; readonly result: SubscriptionOutcome["wallets"][number] } {
  const base = cachedFrom(handle.names, handle.terms, snapshot);
  const draft = new Draft(base.wallet, handle.terms, NOTHING_KNOWN);
  advanceForDecision(draft, now, access.limits);
  const { result, operationId } = decide(draft, { kind: "plan", subscriptionId, steps }, mutation);
  const { grants, refunds } = ofKind(result, "plan");
  const receipt = receiptFor(mutation, key, { outcome: result, operationId, at: draft.now });
  return {
    change: prepareChange(handle.key, base, draft, [receipt], [key]),
    result: { currency: handle.names.currency, grants, refunds },
  };
}

function receiptFor(
  { request, requestText, requestHash, actor, reason }: Mutation,
  key: string,
  {
    outcome,
    operationId,
    at,
  }: { readonly outcome: unknown; readonly operationId: string; readonly at: number },
): NewReceipt {
  return {
    key,
    operationId,
    kind: request.kind,
    requestHash,
    request: requestText,
    result: encodeJson(outcome),
    actor,
    reason,
    recordedAt: at,
  };
}
