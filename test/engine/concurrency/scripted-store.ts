import type { MemoryStore } from "coffer/memory";
import { type Change, type CreditStore, type Outcome, StoreError } from "coffer/store";

/** What is done instead of one call; `run` is the call to the store beneath, `changes` those of a commit. */
type Step = (run: () => Promise<unknown>, changes: readonly Change[]) => Promise<unknown>;

export interface Script {
  readonly commit?: readonly Step[];
  readonly load?: readonly Step[];
  readonly transact?: readonly Step[];
}

export interface Scripted extends CreditStore {
  /** Every call that reached it, in order: "commit", "load", "transact". */
  readonly calls: string[];
  /** From now on, one step for each call; after the last one the store beneath answers. */
  play(script: Script): void;
}

/** A store that says what a script tells it to, over one that works. */
export function scriptedStore(beneath: MemoryStore): Scripted {
  const calls: string[] = [];
  let steps: Record<keyof Script, Step[]> = { commit: [], load: [], transact: [] };
  function play<Result>(
    name: keyof Script,
    run: () => Promise<Result>,
    changes: readonly Change[] = [],
  ): Promise<Result> {
    calls.push(name);
    const step = steps[name].shift();
    return step === undefined ? run() : (step(run, changes) as Promise<Result>);
  }
  return {
    limits: beneath.limits,
    calls,
    play: ({ commit = [], load = [], transact = [] }) => {
      steps = { commit: [...commit], load: [...load], transact: [...transact] };
    },
    commit: (changes) => play("commit", () => beneath.commit(changes), changes),
    load: (reads) => play("load", () => beneath.load(reads)),
    transact: (reads, decide) => play("transact", () => beneath.transact(reads, decide)),
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

/** Nothing is applied; every change is answered alike. */
export function saying(outcome: (change: Change) => Promise<Outcome> | Outcome): Step {
  return (_, changes) => Promise.all(changes.map(async (change) => outcome(change)));
}

export function times(count: number, step: Step): readonly Step[] {
  return Array.from({ length: count }, () => step);
}
