import { advance } from "../core/advance.js";
import { Draft } from "../core/draft.js";
import { NOTHING_KNOWN } from "../core/known.js";
import { nextDueAt } from "../core/due.js";
import { CreditError } from "../core/errors.js";
import type { CachedWallet } from "./change.js";
import { decideBatch } from "./decide-batch.js";
import type { Services, WalletHandle } from "./services.js";
import { cachedFrom } from "./wallet-state.js";

/** The wallet as the store has it now; the cache spares the transfer where its version still holds. */
async function freshWallet(services: Services, handle: WalletHandle): Promise<CachedWallet> {
  const { key, names, terms } = handle;
  const cached = services.cache.get(key);
  const read = cached === undefined ? { key } : { key, unless: cached.wallet.version };
  const snapshot = await services.snapshotOf(read);
  if (snapshot.unchanged && cached !== undefined) return cached;
  const fresh = cachedFrom(names, terms, snapshot);
  services.cache.put(key, fresh);
  return fresh;
}

/** A draft of the wallet as of now, for reads: what it does is dropped. */
export async function draftOfNow(services: Services, handle: WalletHandle): Promise<Draft> {
  const { wallet } = await freshWallet(services, handle);
  const draft = new Draft(wallet, handle.terms, NOTHING_KNOWN);
  advance(draft, services.now());
  return draft;
}

const MOST_TRIES = 20;

/**
 * Writes down what time alone has made due, so that a listing shows it.
 *
 * @returns the wallet's instant.
 */
export async function writeDue(services: Services, handle: WalletHandle): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const base = await freshWallet(services, handle);
    const dueAt = nextDueAt(base.wallet);
    const instant = Math.max(services.now(), base.wallet.clock);
    if (dueAt === null || dueAt > instant) return instant;
    const { prepared } = decideBatch({
      key: handle.key,
      base,
      terms: handle.terms,
      known: NOTHING_KNOWN,
      receipts: new Map(),
      mutations: [],
      limits: services.store.limits,
      now: services.now,
    });
    if (prepared === null) return instant;
    const outcome = await services.reading(() => services.committer.commit(prepared.change));
    if (outcome.status === "committed") {
      services.cache.put(handle.key, prepared.next);
      tries = 0;
    }
  }
  throw new CreditError("store_conflict", "Other writers changed this wallet at every try. Try again.");
}
