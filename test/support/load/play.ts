import type { Invocation, WalletCall, WalletOutcome } from "coffer/testing";
import { type Credits, ask } from "./ask.js";
import { randomFrom } from "./random.js";

/** Calls of one process, at random from a seed. */
export interface Load {
  /** Distinguishes the process: its keys begin with it. */
  readonly process: string;
  readonly seed: number;
  readonly wallets: readonly string[];
  /** Calls in flight at once. */
  readonly callers: number;
  /** Calls of each caller; Infinity for until it is killed, or told to stop. */
  readonly callsPerCaller: number;
}

/** Told of each call as it begins, and as it is answered. */
export interface Watcher {
  began(id: string, call: WalletCall, at: bigint): void;
  ended(id: string, outcome: WalletOutcome | null, at: bigint): void;
  /** No further calls are wanted. */
  isOver(): boolean;
}

const SHARED_KEYS = 40;

/** What is asked next: mostly withdrawals, some too large, some under keys that others use too, some again. */
function* calls({ process, seed, wallets }: Load, caller: number): Generator<WalletCall, never> {
  const random = randomFrom(seed * 1_000 + caller);
  const below = (limit: number) => Math.floor(random() * limit);
  let before: WalletCall | null = null;
  for (let turn = 0; ; turn++) {
    const chance = random();
    const wallet = wallets[random() < 0.7 ? 0 : below(wallets.length)] ?? "acme";
    if (chance < 0.1) yield { kind: "balance", wallet };
    else if (chance < 0.2 && before !== null) yield before;
    else if (chance < 0.3) yield sharedCall(wallet, below(SHARED_KEYS));
    else {
      const key = `${process}.${caller}.${turn}`;
      const isGrant = chance < 0.42;
      const amount = BigInt(isGrant ? 20 + below(20) : random() < 0.05 ? 500 : 1 + below(9));
      const call: WalletCall = { kind: isGrant ? "grant" : "withdraw", wallet, key, amount };
      before = call;
      yield call;
    }
  }
}

/** The same request for the same key, whichever process makes it. */
function sharedCall(wallet: string, number: number): WalletCall {
  return { kind: "withdraw", wallet, key: `shared.${number}`, amount: BigInt(1 + (number % 7)) };
}

/** Makes the calls; a caller that is refused or denied goes on with its next. */
export async function play(credits: Credits, load: Load, watcher: Watcher): Promise<void> {
  const callers = Array.from({ length: load.callers }, async (_, caller) => {
    const next = calls(load, caller);
    for (let turn = 0; turn < load.callsPerCaller && !watcher.isOver(); turn++) {
      const call = next.next().value;
      const id = `${load.process}.${caller}.${turn}`;
      watcher.began(id, call, process.hrtime.bigint());
      const outcome = await ask(credits, call);
      watcher.ended(id, outcome, process.hrtime.bigint());
    }
  });
  await Promise.all(callers);
}

/** What was asked and answered, call by call. */
export class Journal {
  private readonly invocations = new Map<string, Invocation>();

  constructor(private readonly process: string) {}

  began(id: string, call: WalletCall, startedAt: bigint): void {
    this.invocations.set(id, { process: this.process, call, startedAt, endedAt: null, outcome: null });
  }

  ended(id: string, outcome: WalletOutcome | null, endedAt: bigint): void {
    const begun = this.invocations.get(id);
    if (begun === undefined) throw new Error(`call ${id} ended and had not begun`);
    this.invocations.set(id, { ...begun, outcome, endedAt: outcome === null ? null : endedAt });
  }

  history(): readonly Invocation[] {
    return [...this.invocations.values()];
  }
}
