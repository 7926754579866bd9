import { Budget, Undecided } from "./budget.js";
import { checkInvocations } from "./check-invocations.js";
import { type DeadEnd, findOrder } from "./find-order.js";
import type { HistoryViolation, Invocation } from "./history.js";
import { describe } from "./wallet-model.js";

/** Points that the search for an order may reach, in one wallet; as many again to make what has none shorter. */
const LEAST_BUDGET = 100_000;
/** A long history has many points without being hard. */
const BUDGET_PER_CALL = 50;

/**
 * Checks that concurrent calls are linearisable: that each wallet's answers are those of one copy of it that serves one
 * call at a time, each at some instant between its beginning and its end. Calls without an answer – of a process that
 * died, or where the store did not say whether it wrote – may have taken effect at any instant after their beginning,
 * or never. The wallets start empty, and have no debts.
 *
 * @returns one violation for each wallet whose calls have no such order; empty where all have one.
 * @throws {TypeError} for what is no history.
 * @throws Error where it could not be decided within a bounded search: far too many calls without an answer.
 * @example
 * ```ts
 * import { checkHistory, type Invocation } from "coffer/testing";
 *
 * const call = (process: string, startedAt: bigint, endedAt: bigint) => ({ process, startedAt, endedAt });
 * const history: Invocation[] = [
 *   {
 *     ...call("web-1", 0n, 10n),
 *     call: { kind: "grant", wallet: "acme", key: "invoice_1", amount: 5n },
 *     outcome: { kind: "done", id: "gr_1", available: 5n },
 *   },
 *   {
 *     ...call("web-2", 20n, 30n),
 *     call: { kind: "balance", wallet: "acme" },
 *     outcome: { kind: "read", available: 0n },
 *   },
 * ];
 * console.log(checkHistory(history)[0]?.what); // a read that began after the grant had ended must see it
 * ```
 */
export function checkHistory(history: readonly Invocation[]): readonly HistoryViolation[] {
  checkInvocations(history);
  const byWallet = new Map<string, Invocation[]>();
  for (const invocation of history) {
    const { wallet } = invocation.call;
    const calls = byWallet.get(wallet);
    if (calls === undefined) byWallet.set(wallet, [invocation]);
    else calls.push(invocation);
  }
  return [...byWallet].flatMap(([wallet, calls]) => checkWallet(wallet, calls));
}

function checkWallet(wallet: string, history: readonly Invocation[]): readonly HistoryViolation[] {
  const calls = history
    .filter(({ outcome }) => outcome?.kind !== "none")
    .sort((a, b) => compare(a.startedAt, b.startedAt));
  const twice = idsToldTwice(wallet, calls);
  if (twice !== undefined) return [twice];
  const deadEnd = decided(wallet, calls);
  if (deadEnd === null) return [];
  const { shortest, placed, state, stuck } = shortestWithoutOrder(calls, deadEnd);
  const lines = stuck.map((invocation) => `  ${describe(invocation)}`);
  const what = `${wallet}: of its first ${shortest.length} calls ${placed} have an order, after which ${state.available} are available; then none of these fits:\n${lines.join("\n")}`;
  return [{ wallet, what, window: stuck }];
}

/** An id belongs to one request, of one key: in whatever order they were done. */
function idsToldTwice(wallet: string, calls: readonly Invocation[]): HistoryViolation | undefined {
  const firsts = new Map<string, Invocation>();
  for (const invocation of calls) {
    const { call, outcome } = invocation;
    if (outcome?.kind !== "done" || call.kind === "balance") continue;
    const first = firsts.get(outcome.id) ?? invocation;
    firsts.set(outcome.id, first);
    if (first.call.kind === "balance" || first.call.key === call.key) continue;
    const window = [first, invocation];
    const lines = window.map((each) => `  ${describe(each)}`).join("\n");
    return { wallet, what: `${wallet}: two requests were told the id ${outcome.id}:\n${lines}`, window };
  }
  return undefined;
}

function decided(wallet: string, calls: readonly Invocation[]): DeadEnd | null {
  try {
    return findOrder(calls, budgetFor(calls));
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    const open = calls.filter(({ outcome }) => outcome === null).length;
    throw new Error(
      `checkHistory: the calls on ${wallet} are undecided: the search was given up after ${budgetFor(calls).points} points, having shown neither an order nor that there is none. Of ${calls.length} calls, ${open} of them were never answered: check a shorter history, or repeat calls by their keys until they are answered.`,
      { cause: error },
    );
  }
}

function budgetFor(calls: readonly Invocation[]): Budget {
  return new Budget(LEAST_BUDGET + BUDGET_PER_CALL * calls.length);
}

interface Shortest extends DeadEnd {
  readonly shortest: readonly Invocation[];
}

/** What had been seen up to the first answer that spoils it; what had not ended then may yet have any outcome. */
function shortestWithoutOrder(calls: readonly Invocation[], deadEnd: DeadEnd): Shortest {
  const ends = calls.flatMap(({ endedAt }) => endedAt ?? []).sort(compare);
  const budget = budgetFor(calls);
  let found: Shortest = { shortest: calls, ...deadEnd };
  let [good, bad] = [-1, ends.length - 1];
  try {
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      const shorter = seenUpTo(calls, ends[middle] ?? 0n);
      const its = findOrder(shorter, budget);
      if (its === null) good = middle;
      else [bad, found] = [middle, { shortest: shorter, ...its }];
    }
  } catch (error) {
    // That there is no order is known: a longer beginning than the shortest shows it, too.
    if (!(error instanceof Undecided)) throw error;
  }
  return found;
}

function seenUpTo(calls: readonly Invocation[], instant: bigint): readonly Invocation[] {
  return calls
    .filter(({ startedAt }) => startedAt <= instant)
    .map((invocation) =>
      invocation.endedAt !== null && invocation.endedAt <= instant
        ? invocation
        : { ...invocation, endedAt: null, outcome: null },
    );
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
