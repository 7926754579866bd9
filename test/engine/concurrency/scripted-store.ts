import { type MemoryStore, memoryStore } from "coffer/memory";
import { type Change, type CreditStore, type Outcome, StoreError } from "coffer/store";

/**
 * What is done instead of one call; `run` is the call to the store beneath (a transact also to another one), `changes`
 * those of a commit, or those that a transact has decided once it has run.
 */
export type Step = (
  run: (on?: MemoryStore) => Promise<unknown>,
  changes: readonly Change[],
) => Promise<unknown>;

export interface Script {
  readonly commit?: readonly Step[];
  readonly load?: readonly Step[];
  readonly transact?: readonly Step[];
}

export interface Scripted extends CreditStore {
  /** Every call that reached it, in order: "commit", "load", "transact". */
  readonly calls: string[];
  /** The time that each of them was given. */
  readonly timeouts: (number | undefined)[];
  /** From now on, one step for each call; after the last one the store beneath answers. */
  play(script: Script): void;
}

/** A store that says what a script tells it to, over one that works. */
export function scriptedStore(beneath: MemoryStore): Scripted {
  const calls: string[] = [];
  const timeouts: (number | undefined)[] = [];
  let steps: Record<keyof Script, Step[]> = { commit: [], load: [], transact: [] };
  function play<Result>(
    name: keyof Script,
    options: { readonly timeoutMs?: number } | undefined,
    run: (on?: MemoryStore) => Promise<Result>,
    changes: readonly Change[] = [],
  ): Promise<Result> {
    calls.push(name);
    timeouts.push(options?.timeoutMs);
    const step = steps[name].shift();
    return step === undefined ? run() : (step(run, changes) as Promise<Result>);
  }
  return {
    limits: beneath.limits,
    calls,
    timeouts,
    play: ({ commit = [], load = [], transact = [] }) => {
      steps = { commit: [...commit], load: [...load], transact: [...transact] };
    },
    commit: (changes, options) => play("commit", options, () => beneath.commit(changes), changes),
    load: (reads, options) => play("load", options, () => beneath.load(reads)),
    transact: (reads, decide, options) => {
      let decided: readonly Change[] = [];
      const changes: Change[] = [];
      const run = (on = beneath) =>
        on.transact(reads, (snapshots) => {
          decided = decide(snapshots);
          changes.splice(0, changes.length, ...decided);
          return decided;
        });
      return play("transact", options, run, changes);
    },
    list: (query) => beneath.list(query),
    usage: (query) => beneath.usage(query),
    due: (query) => beneath.due(query),
    events: (query) => beneath.events(query),
    prune: (query) => beneath.prune(query),
    close: () => beneath.close(),
  };
}

/** Nothing happens, and this is said. */
export function failing(kind: StoreError["kind"]): Step {
  return () => Promise.reject(new StoreError(kind, `scripted: ${kind}`));
}

/** It happens, but the answer is lost. */
export const losingTheAnswer: Step = async (run) => {
  await run();
  throw new StoreError("ambiguous", "scripted: the answer was lost");
};

/** Its answer is lost while it is still on its way: it lands when it is told to. */
export function landingLater(beneath: MemoryStore): {
  readonly commit: Step;
  readonly transact: Step;
  readonly land: () => Promise<readonly Outcome[]>;
} {
  let sent: readonly Change[] = [];
  const lost = () => Promise.reject(new StoreError("ambiguous", "scripted: no answer yet"));
  return {
    commit: (_, changes) => {
      sent = changes;
      return lost();
    },
    transact: async (run, changes) => {
      await run(memoryStore({ restore: beneath.dump() }));
      sent = changes;
      return lost();
    },
    land: () => beneath.commit(sent),
  };
}

/** Nothing is applied; every change is answered alike. */
export function saying(outcome: (change: Change) => Promise<Outcome> | Outcome): Step {
  return (_, changes) => Promise.all(changes.map(async (change) => outcome(change)));
}

export function times(count: number, step: Step): readonly Step[] {
  return Array.from({ length: count }, () => step);
}
