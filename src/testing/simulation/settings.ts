import type { CreditStore } from "../../store/contract.js";
import { WALLETS } from "./catalog.js";
import { FAULTS, type Fault, checkRates } from "../faulty-store/faults.js";
import {
  type Rule,
  aBoolean,
  aFunction,
  faultIn,
  listOf,
  numberFrom,
  objectOf,
  wholeNumber,
} from "../options/options.js";

/**
 * What a simulation meets besides the faults of its store.
 *
 * - `death`: a process dies, at whatever it awaits, and another one takes its place with nothing in its cache.
 * - `clock`: all clocks jump ahead, or that of one process goes wrong, in either direction.
 * - `duplicate`: a request is delivered to two processes at once.
 * - `impatience`: a process whose engine gives up after 60 ms instead of 2 s.
 * - `insistence`: a client that was not told what became of its request asks the same process again, almost at once.
 * - `lapse`: credits lapse while a request that needs them is under way: time jumps between its tries.
 * - `timeout`: the time of a call of the store ends; it comes of `slow` ones.
 */
export type Trouble =
  Fault | "death" | "clock" | "duplicate" | "impatience" | "insistence" | "lapse" | "timeout";

/**
 * How often each comes: faults of the store per call, `impatience` per life of a process, `insistence` per request that is
 * left in doubt, the others per operation. `timeout` cannot be given.
 */
export type TroubleRates = Readonly<Partial<Record<Exclude<Trouble, "timeout">, number>>>;

export interface SimulationOptions {
  /** Decides everything that happens: the same seed, the same run. */
  readonly seed: number;
  /** Operations of clients. */
  readonly steps: number;
  /** Default: {@link USUAL_TROUBLE}. */
  readonly faults?: TroubleRates | undefined;
  /** An empty store; default: one in memory. */
  readonly store?: CreditStore | undefined;
  /** Processes with an engine each; default 3. */
  readonly processes?: number | undefined;
  /** Clients that send requests, one at a time each; default 6. */
  readonly clients?: number | undefined;
  /** Wallets that they use, the first of them most; at most 7, the default. */
  readonly wallets?: number | undefined;
  /**
   * Repeat what was done on the reference model, and compare every result: it takes time that grows with the square of
   * the steps. Default: for at most 400 steps.
   */
  readonly replay?: boolean | undefined;
  /** Operations between two checks of all that is stored; default 2,000. */
  readonly checkEvery?: number | undefined;
  /**
   * Calls to the store under way at once. Default 1, which makes a run repeatable on any store; more, for stores whose
   * own concurrency is to be tried.
   */
  readonly concurrency?: number | undefined;
  /** Operations, by number from 1, that are not begun: what is left of a failing run is easier to read. */
  readonly skip?: readonly number[] | undefined;
  /** Put between each engine and its store: a defect to be found. */
  readonly wrap?: ((store: CreditStore) => CreditStore) | undefined;
  /** Hears of every event, for those who look for a cause. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** Counts of what came about, by whatever trouble. */
export interface MishapCounts {
  /** Answers of the store that overtook the answer to a call which the same process had sent before. */
  readonly reorderedAnswers: number;
  /** Requests that were delivered to two processes at once. */
  readonly duplicatedDeliveries: number;
  /** Calls of the store that took up to 3.5 s. */
  readonly slowCalls: number;
  /** Calls that the database ended and rolled back once they had decided. */
  readonly deadlocks: number;
  /** Changes that the store refused, since the version that they were decided on had passed. */
  readonly conflicts: number;
  /** A clock, or all of them, jumped ahead. */
  readonly clockJumpsForward: number;
  /** The clock of one process was set back. */
  readonly clockJumpsBack: number;
  readonly deaths: number;
  /** Processes that took a dead one's place, with nothing in their caches, and then called the store. */
  readonly emptyRestarts: number;
}

export interface SimulationReport {
  readonly seed: number;
  /** Operations that clients began. */
  readonly operations: number;
  /** Requests that were sent for them, repeats included. */
  readonly requests: number;
  /** Calls that reached the store. */
  readonly storeCalls: number;
  /** Mutations that are in the books. */
  readonly applied: number;
  readonly entries: number;
  readonly troubles: Readonly<Record<string, number>>;
  /** What each kind of mishap came to; a run that never met one says nothing of it. */
  readonly met: MishapCounts;
  readonly restarts: number;
  /** Writes whose process was left in doubt: how many were done after all, and how many were not. */
  readonly doubts: { readonly landed: number; readonly vanished: number };
  /** Operations by verb, refusals by code, ledger entries by type. */
  readonly verbs: Readonly<Record<string, number>>;
  readonly codes: Readonly<Record<string, number>>;
  readonly entryTypes: Readonly<Record<string, number>>;
  /** Mutations, and denials, that were repeated on the reference model. */
  readonly replayed: { readonly mutations: number; readonly denials: number };
  /** Troubles that were asked for and never came. */
  readonly unreached: readonly string[];
  /** SHA-256 of all that happened, in hex. */
  readonly traceHash: string;
  /** The line that plays this run again, on an empty store of the same kind. */
  readonly again: string;
  /** What is wrong; empty where everything held. */
  readonly problems: readonly string[];
}

/** A bad day: about one call of the store in ten meets something. */
export const USUAL_TROUBLE: Required<TroubleRates> = {
  transient: 0.02,
  deadlock: 0.01,
  busy: 0.02,
  permanent: 0.003,
  "lost-call": 0.01,
  "lost-answer": 0.015,
  late: 0.015,
  torn: 0.005,
  slow: 0.01,
  rerun: 0.02,
  death: 0.01,
  clock: 0.04,
  duplicate: 0.04,
  impatience: 0.1,
  insistence: 0.2,
  lapse: 0.01,
};

/** Days on which nobody knows what became of a write, and it may come yet: what is denied then must stay denied. */
export const DOUBTFUL_TROUBLE: Required<TroubleRates> = {
  transient: 0.06,
  deadlock: 0.03,
  busy: 0.3,
  permanent: 0.002,
  "lost-call": 0.05,
  "lost-answer": 0.1,
  late: 0.3,
  torn: 0.03,
  slow: 0.01,
  rerun: 0.03,
  death: 0.004,
  clock: 0.15,
  duplicate: 0.03,
  impatience: 0.8,
  insistence: 0.8,
  lapse: 0.08,
};

/** Who takes part where nothing else is said. */
export const USUAL_ACTORS = { processes: 3, clients: 6, wallets: WALLETS.length } as const;

/** The call that plays a run again. What is code, and no setting, stands there by its name. */
export function againOf({ seed, steps, store, wrap, ...settings }: SimulationOptions): string {
  const usual: Readonly<Record<string, unknown>> = { faults: USUAL_TROUBLE, ...USUAL_ACTORS };
  const told = Object.entries({ seed, steps, ...settings }).flatMap(([name, value]) => {
    const text = JSON.stringify(value);
    const isUsual = text === undefined || text === JSON.stringify(usual[name]);
    return isUsual ? [] : [`${name}: ${text}`];
  });
  const named = Object.entries({ store, wrap }).flatMap(([name, code]) => (code === undefined ? [] : [name]));
  return `simulate({ ${[...told, ...named].join(", ")} })`;
}

export function storeRates(rates: TroubleRates): Readonly<Partial<Record<Fault, number>>> {
  return Object.fromEntries(FAULTS.map((fault) => [fault, rates[fault] ?? 0]));
}

const aStore: Rule = {
  words: "a store",
  allows: (value) => typeof value === "object" && value !== null && "limits" in value && "commit" in value,
};

/** Far beyond what a run has time to keep busy. */
const MOST_ACTORS = 100;
const troubleRates = objectOf(
  Object.fromEntries(Object.keys(USUAL_TROUBLE).map((name) => [name, numberFrom(0, 1)])),
);
const simulationOptions = objectOf(
  {
    seed: wholeNumber(),
    steps: wholeNumber(1),
    faults: troubleRates,
    store: aStore,
    processes: wholeNumber(1, MOST_ACTORS),
    clients: wholeNumber(1, MOST_ACTORS),
    wallets: wholeNumber(1, WALLETS.length),
    replay: aBoolean,
    checkEvery: wholeNumber(1),
    concurrency: wholeNumber(1, MOST_ACTORS),
    skip: listOf(wholeNumber(1)),
    wrap: aFunction,
    trace: aFunction,
  },
  ["seed", "steps"],
);

/** @throws {RangeError} Where an option makes no sense. */
export function checkOptions(options: SimulationOptions): void {
  const fault = faultIn(options, "", simulationOptions);
  if (fault !== undefined) throw new RangeError(`simulate: ${fault}.`);
  checkRates("simulate", storeRates(options.faults ?? USUAL_TROUBLE));
}
