import { checkInvocations } from "./check-invocations.js";
import { findOrder } from "./find-order.js";
import type { HistoryViolation, Invocation } from "./history.js";
import { describe } from "./wallet-model.js";

/** Points that the search for an order may reach, in one wallet. */
const MOST_POINTS = 1_000_000;

/**
 * Checks that concurrent calls are linearisable: that each wallet's answers are those of one copy of it that serves one
 * call at a time, each at some instant between its beginning and its end. Calls without an answer – of a process that
 * died, or where the store did not say whether it wrote – may have taken effect at any instant after their beginning,
 * or never. The wallets start empty, and have no debts.
 *
 * @returns one violation for each wallet whose calls have no such order; empty where all have one.
 * @throws {TypeError} for what is no history.
 * @throws Error where it could not be decided: far too many calls without an answer.
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
  if (findOrder(calls, MOST_POINTS) === null) return [];
  const shortest = shortestWithoutOrder(calls);
  const { placed, state, stuck } = findOrder(shortest, MOST_POINTS) ?? noDeadEnd();
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

/** What had been seen up to the first answer that spoils it; what had not ended then may yet have any outcome. */
function shortestWithoutOrder(calls: readonly Invocation[]): readonly Invocation[] {
  const ends = calls.flatMap(({ endedAt }) => endedAt ?? []).sort(compare);
  let [good, bad] = [-1, ends.length - 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const isGood = findOrder(seenUpTo(calls, ends[middle] ?? 0n), MOST_POINTS) === null;
    if (isGood) good = middle;
    else bad = middle;
  }
  return seenUpTo(calls, ends[bad] ?? 0n);
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

function noDeadEnd(): never {
  throw new Error("a history without an order has a beginning without one");
}
