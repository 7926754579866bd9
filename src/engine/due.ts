import { advance } from "../core/advance.js";
import { Draft } from "../core/draft.js";
import { nextDueAt } from "../core/due.js";
import { NOTHING_KNOWN } from "../core/known.js";
import type { Consistency } from "./api-requests.js";
import type { CachedWallet } from "./change.js";
import type { Patience } from "./pace.js";
import { persevere, reading } from "./persevere.js";
import type { Services } from "./services.js";
import { loadOne } from "./store-access.js";
import { isTooLarge } from "./store-failures.js";
import type { WalletHandle } from "./wallet-handles.js";
import { type WalletState, cachedFrom } from "./wallet-state.js";

/** The wallet as the store has it now; the cache spares the transfer where its version still holds. */
async function freshWallet(
  { access, cache }: Services,
  { key, names, terms }: WalletHandle,
  patience: Patience,
): Promise<CachedWallet> {
  const askedAtMs = access.monotonicMs();
  const cached = cache.get(key);
  const read = cached === undefined ? { key } : { key, unless: cached.wallet.version };
  const snapshot = await loadOne(access, read, patience);
  const fresh = snapshot.unchanged && cached !== undefined ? cached : cachedFrom(names, terms, snapshot);
  cache.put(key, fresh, askedAtMs);
  return fresh;
}

/** A draft of the wallet as of now, for reads: what it does is dropped. */
export async function draftOfNow(
  services: Services,
  handle: WalletHandle,
  consistency: Consistency = "strict",
): Promise<Draft> {
  const cached = cachedWallet(services, handle, consistency);
  for (let tries = 0; ; tries++) {
    const { wallet } =
      (tries === 0 ? cached : undefined) ??
      (await reading(services.access, (patience) => freshWallet(services, handle, patience)));
    const draft = new Draft(wallet, handle.terms, NOTHING_KNOWN);
    if (advance(draft, services.now(), MOST_KEPT_CHANGES)) return draft;
    // Years of periods that nobody looked at: written down, they need not be held in memory.
    await writeDue(services, handle);
  }
}

/** What time has changed in a wallet and nobody has written: held in memory at most. */
const MOST_KEPT_CHANGES = 10_000;

function cachedWallet(
  { access, cache }: Services,
  { key }: WalletHandle,
  consistency: Consistency,
): CachedWallet | undefined {
  if (consistency === "strict") return undefined;
  return cache.getSince(key, access.monotonicMs() - consistency.cached.maxStaleMs);
}

/**
 * Writes down what time alone has made due, so that a listing shows it.
 *
 * @returns the wallet's instant.
 */
export async function writeDue(
  services: Services,
  handle: WalletHandle,
  /** As it was just loaded. */
  loaded?: CachedWallet,
): Promise<number> {
  const { access } = services;
  const state = services.stateOf(handle);
  let known = loaded;
  try {
    for (;;) {
      // What is written stays, so each portion has the time of a call: years may be due.
      const patience = access.patience();
      const written = await persevere(patience, async () => {
        const base = known ?? (await freshWallet(services, handle, patience));
        known = undefined;
        return writePortion(services, base, state, patience);
      });
      if (written !== "more") return written;
      await access.turn();
    }
  } catch (error) {
    throw access.failure(error);
  }
}

/**
 * Runs what changes several wallets in one transaction. Where too much for one is due in them, that is written first, and
 * takes the time it needs; then it runs again.
 */
export async function afterDue<Value>(
  services: Services,
  /** The wallets of the last run. */
  handles: () => readonly WalletHandle[],
  run: (patience: Patience) => Promise<Value>,
): Promise<Value> {
  const { access, cache } = services;
  try {
    return await run(access.patience());
  } catch (error) {
    if (!isTooLarge(error)) throw access.failure(error);
  }
  for (const handle of handles()) {
    cache.drop(handle.key);
    await writeDue(services, handle);
  }
  try {
    return await run(access.patience());
  } catch (error) {
    throw access.failure(error);
  }
}

/** As much as one change holds: a batch of no mutations. @returns the wallet's instant where nothing was due. */
async function writePortion(
  services: Services,
  base: CachedWallet,
  state: WalletState,
  patience: Patience,
): Promise<number | "more" | "spoilt"> {
  const dueAt = nextDueAt(base.wallet);
  const instant = Math.max(services.now(), base.wallet.clock);
  if (dueAt === null || dueAt > instant) return instant;
  state.base = base;
  const settled = await services.settler.settle({
    state,
    pending: [],
    patience,
    begunAtMs: services.access.monotonicMs(),
    toTell: () => undefined,
  });
  if (settled === "spoilt") return settled;
  // The same wallet as before: the clock went back meanwhile, and nothing is due after all.
  return state.base === base ? instant : "more";
}
