import { show } from "../../catalog/parse-input.js";
import { faultIn, numberFrom, objectOf, wholeNumber } from "../options/options.js";
import { Random } from "../random.js";

/**
 * What can happen to one call of a store.
 *
 * - `transient`: nothing is sent; the same call may succeed.
 * - `deadlock`: a transact decides and is rolled back; any other call fails as `transient`.
 * - `busy`: a commit finds the first of its wallets held by somebody else, and commits the others.
 * - `permanent`: nothing is sent, and the store says that the same call fails again.
 * - `lost-call`: the answer never comes, and the call never arrived (`ambiguous`).
 * - `lost-answer`: the call is done, and its answer is lost (`ambiguous`).
 * - `late`: the answer never comes, and the call is done later (`ambiguous`).
 * - `torn`: of a commit's changes every second one is done, and the answer is lost (`ambiguous`).
 * - `slow`: the call, or its answer, takes long.
 * - `rerun`: a transact decides twice, as the contract allows.
 *
 * Reads cannot be ambiguous: what would lose an answer fails as `transient` there.
 */
export type Fault =
  | "transient"
  | "deadlock"
  | "busy"
  | "permanent"
  | "lost-call"
  | "lost-answer"
  | "late"
  | "torn"
  | "slow"
  | "rerun";

/** Every fault, once. */
export const FAULTS: readonly Fault[] = [
  "transient",
  "deadlock",
  "busy",
  "permanent",
  "lost-call",
  "lost-answer",
  "late",
  "torn",
  "slow",
  "rerun",
];

export type StoreMethod = "load" | "commit" | "transact" | "list" | "usage" | "due" | "events" | "prune";

export interface StoreCall {
  readonly method: StoreMethod;
  /** 1 for the first call of this store. */
  readonly number: number;
}

/** Says what happens to a call; undefined: what the store does. */
export type FaultPlan = (call: StoreCall) => Fault | undefined;

/**
 * One fault, at one call: with a loop over the numbers, every call of a story fails once.
 *
 * @throws RangeError for a number that no call has, and for a fault that is none.
 * @example
 * ```ts
 * import { memoryStore } from "coffer/memory";
 * import { faultAt, faultyStore } from "coffer/testing";
 *
 * const store = faultyStore(memoryStore(), { plan: faultAt(7, "lost-answer") });
 * ```
 */
export function faultAt(number: number, fault: Fault): FaultPlan {
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`faultAt: calls are numbered 1, 2, 3, …; got ${show(number)}.`);
  checkFault("faultAt", fault);
  return (call) => (call.number === number ? fault : undefined);
}

/**
 * Faults at random, the same ones for the same seed.
 *
 * @param rates How often each comes, from 0 to 1 of the calls; together at most 1.
 * @throws RangeError for other rates, for a fault that is none, and for a seed that is no whole number.
 * @example
 * ```ts
 * import { memoryStore } from "coffer/memory";
 * import { faultsAtRandom, faultyStore } from "coffer/testing";
 *
 * const store = faultyStore(memoryStore(), {
 *   plan: faultsAtRandom({ seed: 1, rates: { transient: 0.1, "lost-answer": 0.05 } }),
 * });
 * ```
 */
export function faultsAtRandom({
  seed,
  rates,
}: {
  readonly seed: number;
  readonly rates: Readonly<Partial<Record<Fault, number>>>;
}): FaultPlan {
  const fault = faultIn(seed, "seed", wholeNumber());
  if (fault !== undefined) throw new RangeError(`faultsAtRandom: ${fault}.`);
  checkRates("faultsAtRandom", rates);
  const random = new Random(seed);
  return () => {
    let left = random.next();
    for (const fault of FAULTS) {
      left -= rates[fault] ?? 0;
      if (left < 0) return fault;
    }
    return undefined;
  };
}

export function checkFault(what: string, fault: unknown): void {
  if ((FAULTS as readonly unknown[]).includes(fault)) return;
  throw new RangeError(`${what}: there is no fault ${show(fault)}; there are ${FAULTS.join(", ")}.`);
}

const storeRates = objectOf(Object.fromEntries(FAULTS.map((fault) => [fault, numberFrom(0, 1)])));
/** Sums of fractions are a little off. */
const ALL = 1 + 1e-9;

/** @throws {RangeError} for rates that make no sense. */
export function checkRates(what: string, rates: Readonly<Partial<Record<Fault, number>>>): void {
  const fault = faultIn(rates, "rates", storeRates);
  if (fault !== undefined) throw new RangeError(`${what}: ${fault}.`);
  const sum = Object.values(rates).reduce((all, rate) => all + rate, 0);
  if (sum > ALL)
    throw new RangeError(`${what}: rates of a store's faults must come to at most 1 together; got ${sum}.`);
}

/** What a fault comes to at a method that cannot meet it as it is. */
export function faultFor(method: StoreMethod, fault: Fault): Fault | undefined {
  if (fault === "slow" || fault === "permanent" || fault === "transient") return fault;
  switch (method) {
    case "commit":
      return fault === "deadlock" ? "transient" : fault === "rerun" ? undefined : fault;
    case "transact":
      return fault === "busy" ? "transient" : fault === "torn" ? "lost-answer" : fault;
    default:
      return fault === "rerun" ? undefined : "transient";
  }
}
