import { PARTS } from "./parts.js";
import type { CreditStore } from "../store/contract.js";
import type { WalletKey } from "../store/rows.js";
import { CreditError } from "../core/errors.js";
import { periodAt } from "../core/period.js";
import { nextRefillAt, periodsOf } from "../core/schedule.js";
import type { Wallet } from "../core/wallet.js";
import type { OwnAccess } from "./own-access.js";
import { writeDue } from "./due.js";
import { reading } from "./persevere.js";
import type { Services } from "./services.js";
import { cachedFrom } from "./wallet-state.js";

/** What a run has done. */
export interface RunResult {
  /** Wallets whose due effects were written. */
  readonly wallets: number;
  /** Wallets of currencies that this process's catalog does not know: left to one that does. */
  readonly skipped: number;
}

/** Wallets that are looked up, loaded and written at once. */
const BATCH = 200;

interface Running {
  readonly services: Services;
  readonly access: OwnAccess;
  readonly until: number;
  /** Where to begin: runners that begin at different parts meet less. */
  readonly firstPart: number;
  readonly isStopped: () => boolean;
}

/**
 * Makes durable what time alone has made due, wallet by wallet, those that wait longest first within a part of the store.
 * Each wallet is a commit of its own, so stopping at any instant leaves nothing half-done, and other runners at most do
 * the same work twice, which the wallets' versions refuse.
 */
export async function runDue(running: Running): Promise<RunResult> {
  const total = { wallets: 0, skipped: 0 };
  for (let index = 0; index < PARTS && !running.isStopped(); index++) {
    const part = (running.firstPart + index) % PARTS;
    const { wallets, skipped } = await runPart(running, part);
    total.wallets += wallets;
    total.skipped += skipped;
  }
  return total;
}

async function runPart(running: Running, part: number): Promise<RunResult> {
  const skipped = new Set<string>();
  let wallets = 0;
  while (!running.isStopped()) {
    const keys = await dueIn(running, part, BATCH + skipped.size);
    const todo = keys.filter(({ id }) => !skipped.has(id));
    if (todo.length === 0) break;
    const done = await writeAll(running, todo);
    wallets += done.length - done.filter((wasSkipped) => wasSkipped).length;
    for (const [place, wasSkipped] of done.entries()) if (wasSkipped) skipped.add(todo[place]?.id ?? "");
  }
  return { wallets, skipped: skipped.size };
}

function dueIn({ access, until }: Running, part: number, limit: number): Promise<readonly WalletKey[]> {
  const query: Parameters<CreditStore["due"]>[0] = { before: until, parts: [part], limit };
  return reading(access, () => access.store.due(query));
}

/** @returns for each wallet whether it was skipped. */
async function writeAll(
  { services, access }: Running,
  keys: readonly WalletKey[],
): Promise<readonly boolean[]> {
  const snapshots = await reading(access, (patience) =>
    access.load(
      keys.map((key) => ({ key })),
      patience,
    ),
  );
  const behind = new OneByOne();
  return Promise.all(
    snapshots.map(async (snapshot) => {
      const { head } = snapshot;
      if (head === null) return true;
      const names = { customerId: head.customerId, currency: head.currency, scope: head.scope };
      try {
        const handle = services.handle(names);
        const loaded = cachedFrom(handle.names, handle.terms, snapshot);
        const write = () => writeDue(services, handle, loaded);
        await (isFarBehind(loaded.wallet, services.now()) ? behind.run(write) : write());
        return false;
      } catch (error) {
        if (CreditError.is(error, "unknown_currency") || CreditError.is(error, "unsupported")) return true;
        throw error;
      }
    }),
  );
}

/** Periods of one wallet that are written beside those of others. */
const MOST_PERIODS_AT_ONCE = 50;

/** Years of periods of many wallets at once would not fit into memory, nor into the time of a call. */
function isFarBehind({ schedules }: Wallet, now: number): boolean {
  let periods = 0;
  for (const schedule of schedules.values())
    if (nextRefillAt(schedule) !== null)
      periods += Math.max(0, periodAt(periodsOf(schedule), now) + 1 - schedule.nextPeriod);
  return periods > MOST_PERIODS_AT_ONCE;
}

/** Runs each once those before it have ended, however they did. */
class OneByOne {
  private last: Promise<unknown> = Promise.resolve();

  run(call: () => Promise<unknown>): Promise<unknown> {
    const next = this.last.then(call);
    this.last = next.catch(() => undefined);
    return next;
  }
}
