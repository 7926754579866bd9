import type { ModelCatalog } from "./catalog.js";
import { capture } from "./capture.js";
import { adjust, amendGrant, refundGrant, setPolicy, voidGrant } from "./corrections.js";
import { grant } from "./grant.js";
import { checkNumbers } from "./numbers.js";
import { currencyUsed } from "./rating.js";
import { Refusal, demand, refuse } from "./refusal.js";
import type { ModelRequests, ModelVerb, ModelWalletName } from "./requests.js";
import { extend, release, reserve } from "./reserve.js";
import type { ModelBalance, ModelEntry, ModelGrant, ModelOutcome, ModelResults } from "./results.js";
import { reverse } from "./reverse.js";
import { type Cause, type Receipt, type State, type Wallet, emptyState, walletOf } from "./state.js";
import { canonical } from "./text.js";
import { advance, isSomethingDue } from "./time.js";
import { transfer, walletNamed } from "./transfer.js";
import { balanceView, entryView, grantView } from "./views.js";
import { withdraw } from "./withdraw.js";

export interface ModelWalletKey extends ModelWalletName {
  readonly currency: string;
}

export interface ReferenceModel {
  /** Decides one request at that reading of the clock, and remembers what came of it. */
  apply<Verb extends ModelVerb>(
    atMs: number,
    verb: Verb,
    request: ModelRequests[Verb],
  ): ModelOutcome<ModelResults[Verb]>;
  balance(atMs: number, wallet: ModelWalletKey): ModelBalance;
  ledger(atMs: number, wallet: ModelWalletKey): ModelEntry[];
  grants(atMs: number, wallet: ModelWalletKey): ModelGrant[];
  wallets(): ModelWalletKey[];
  /**
   * Applies what time has made due, and keeps it: as when a process writes it down without any request. Where nothing is
   * due there is nothing to write, and the wallet's own instant stays what it was.
   */
  advance(atMs: number, wallet: ModelWalletKey): void;
  /** A model of its own that stands where this one does: to try a request and forget it. */
  fork(): ReferenceModel;
  /** A copy of everything, advanced to that instant: for `checkConservation`. */
  state(atMs: number): State;
}

type Decide<Verb extends ModelVerb> = (
  state: State,
  wallet: Wallet,
  cause: Cause,
  request: ModelRequests[Verb],
) => ModelResults[Verb];

interface VerbRules<Verb extends ModelVerb> {
  readonly decide: Decide<Verb>;
  /** The wallet whose keys and time count. */
  readonly walletFor: (state: State, request: ModelRequests[Verb]) => Wallet;
  /** Whether a repeat would move credits twice. */
  readonly needsKey: boolean;
}

function ownWallet(state: State, request: ModelWalletKey): Wallet {
  return walletOf(state, request.customerId, request.currency, request.scope);
}

function walletHolding(state: State, code: string, holds: (wallet: Wallet) => boolean): Wallet {
  return state.wallets.find(holds) ?? refuse(code, "Nothing has that id.");
}

function walletOfGrant(state: State, { grantId }: { readonly grantId: string }): Wallet {
  return walletHolding(state, "grant_not_found", (wallet) => wallet.grants.some(({ id }) => id === grantId));
}

function walletOfReservation(state: State, request: { readonly reservationId: string }): Wallet {
  return walletHolding(state, "reservation_not_found", (wallet) =>
    wallet.reservations.some(({ id }) => id === request.reservationId),
  );
}

function walletOfWithdrawal(state: State, request: { readonly withdrawalId: string }): Wallet {
  return walletHolding(state, "withdrawal_not_found", (wallet) =>
    wallet.withdrawals.some(({ id }) => id === request.withdrawalId),
  );
}

function walletOfUse(state: State, request: ModelRequests["withdraw"] | ModelRequests["reserve"]): Wallet {
  return walletOf(state, request.customerId, currencyUsed(state, request), request.scope);
}

const RULES: { readonly [Verb in ModelVerb]: VerbRules<Verb> } = {
  grant: { decide: grant, walletFor: ownWallet, needsKey: true },
  withdraw: { decide: withdraw, walletFor: walletOfUse, needsKey: true },
  reserve: { decide: reserve, walletFor: walletOfUse, needsKey: true },
  capture: { decide: capture, walletFor: walletOfReservation, needsKey: true },
  extend: { decide: extend, walletFor: walletOfReservation, needsKey: false },
  release: { decide: release, walletFor: walletOfReservation, needsKey: false },
  voidGrant: { decide: voidGrant, walletFor: walletOfGrant, needsKey: false },
  amendGrant: { decide: amendGrant, walletFor: walletOfGrant, needsKey: false },
  adjust: { decide: adjust, walletFor: ownWallet, needsKey: true },
  reverse: { decide: reverse, walletFor: walletOfWithdrawal, needsKey: true },
  refundGrant: { decide: refundGrant, walletFor: walletOfGrant, needsKey: true },
  transfer: {
    decide: transfer,
    walletFor: (state, request) => walletNamed(state, request.from, request.currency),
    needsKey: true,
  },
  setPolicy: { decide: setPolicy, walletFor: ownWallet, needsKey: false },
};

/** The wallets that an operation touches: of a transfer, both. */
function walletsTouched(state: State, verb: ModelVerb, wallet: Wallet, request: object): Wallet[] {
  if (verb !== "transfer") return [wallet];
  const { to, currency } = request as ModelRequests["transfer"];
  return [wallet, walletNamed(state, to, currency)];
}

function checkKey(key: string | undefined, needsKey: boolean): void {
  demand(key !== undefined || !needsKey, "An idempotency key is needed.");
  demand(key === undefined || (key !== "" && !key.startsWith("coffer:")), "A key that callers cannot use.");
}

/** Decides one request on a state that is thrown away if it is refused. */
function decideOn<Verb extends ModelVerb>(
  state: State,
  atMs: number,
  verb: Verb,
  request: ModelRequests[Verb],
): ModelOutcome<ModelResults[Verb]> {
  const rules: VerbRules<Verb> = RULES[verb];
  const key = request.idempotencyKey;
  checkKey(key, rules.needsKey);
  const namesThing = "grantId" in request || "reservationId" in request || "withdrawalId" in request;
  if (!namesThing) checkNumbers(state, verb, request);
  const wallet = rules.walletFor(state, request);
  checkNumbers(state, verb, { currency: wallet.currency, ...request });
  const text = canonical({ verb, request });
  const earlier = wallet.receipts.find((receipt) => key !== undefined && receipt.key === key);
  if (earlier !== undefined) return replay(earlier, text) as ModelOutcome<ModelResults[Verb]>;

  const touched = walletsTouched(state, verb, wallet, request);
  const at = Math.max(atMs, wallet.clock);
  for (const each of touched) advance(state, each, Math.max(atMs, each.clock));
  state.made.operations += 1;
  const cause = { operationId: `o${state.made.operations}`, at };
  const value = rules.decide(state, wallet, cause, request);
  const outcome = { ok: true, value: { ...value, replayed: false } } as const;
  for (const each of new Set(touched)) {
    const own = each === wallet && key !== undefined ? key : null;
    each.receipts.push({ key: own, operationId: cause.operationId, request: text, outcome });
  }
  return outcome;
}

function replay(earlier: Receipt, request: string): ModelOutcome {
  if (earlier.request !== request || !earlier.outcome.ok) {
    return refuse("idempotency_conflict", "The key stands for another request.");
  }
  return { ok: true, value: { ...(earlier.outcome.value as object), replayed: true } };
}

/** The reference model: every rule told as plainly as possible, to be compared with the real engine. */
export function createReferenceModel(catalog: ModelCatalog): ReferenceModel {
  return modelOn(emptyState(catalog));
}

function modelOn(start: State): ReferenceModel {
  let current = start;

  function look<Seen>(atMs: number, name: ModelWalletKey, see: (wallet: Wallet, at: number) => Seen): Seen {
    const known = walletOf(
      { ...current, wallets: [...current.wallets] },
      name.customerId,
      name.currency,
      name.scope,
    );
    const wallet = structuredClone(known);
    const state = { ...current, wallets: [wallet] };
    const at = Math.max(atMs, wallet.clock);
    advance(state, wallet, at);
    return see(wallet, at);
  }

  return {
    apply(atMs, verb, request) {
      const next = structuredClone(current);
      try {
        const outcome = decideOn(next, atMs, verb, request);
        current = next;
        return outcome;
      } catch (error) {
        if (error instanceof Refusal) return { ok: false, code: error.code };
        throw error;
      }
    },
    balance: (atMs, name) => look(atMs, name, balanceView),
    ledger: (atMs, name) => look(atMs, name, (wallet) => wallet.entries.map(entryView)),
    grants: (atMs, name) =>
      look(atMs, name, (wallet, at) => wallet.grants.map((each) => grantView(wallet, each, at))),
    wallets: () =>
      current.wallets.map(({ customerId, currency, scope }) =>
        scope === "" ? { customerId, currency } : { customerId, currency, scope },
      ),
    advance(atMs, { customerId, currency, scope }) {
      const next = structuredClone(current);
      const wallet = walletOf(next, customerId, currency, scope);
      if (!isSomethingDue(wallet, atMs)) return;
      advance(next, wallet, atMs);
      current = next;
    },
    // Nothing changes a state in place, so both may begin with the same one.
    fork: () => modelOn(current),
    state(atMs) {
      const state = structuredClone(current);
      for (const wallet of state.wallets) advance(state, wallet, Math.max(atMs, wallet.clock));
      return state;
    },
  };
}
