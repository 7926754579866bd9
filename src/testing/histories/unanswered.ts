import type { Invocation } from "./history.js";
import type { Pending } from "./pending.js";
import { type Reach, reach } from "./sums.js";
import type { WalletState } from "./wallet-model.js";

/**
 * What the search need not try of the calls that were never answered. Each may have been applied or not, which makes
 * very many choices; but most are alike, lead nowhere, or differ in nothing but the order between two answers.
 */
export class Unanswered {
  constructor(private readonly pending: Pending) {}

  /** Calls whose keys nobody else uses are alike if they ask for the same: one of them will do. */
  twinName(index: number): string | null {
    const call = this.pending.calls[index]?.call;
    if (call === undefined || call.kind === "balance" || !this.isAlone(index)) return null;
    return `${call.kind} ${call.amount}`;
  }

  /**
   * Between two answers nobody sees in which order such calls were applied, so it may as well be this one: grants, then
   * withdrawals, which have enough in any order only if they have it then. 0 for calls of which it would be seen.
   */
  rank(index: number): number {
    const call = this.pending.calls[index]?.call;
    if (call === undefined || !this.isAlone(index)) return 0;
    return 1 + index + (call.kind === "grant" ? 0 : this.pending.calls.length);
  }

  /** @param least the rank of the call that was placed last. */
  isOutOfTurn(index: number, least: number): boolean {
    const rank = this.rank(index);
    return rank > 0 && rank < least;
  }

  /** Whether an answer may come next, once some of these calls have been applied. */
  mayLeadOn(state: WalletState, candidates: readonly number[], least: number): Reach {
    const wanted: bigint[] = [];
    const open: number[] = [];
    for (const index of candidates) {
      if (this.pending.isUnanswered(index)) {
        if (this.pending.calls[index]?.call.kind !== "balance") open.push(index);
      } else {
        const before = this.availableBefore(index);
        if (before === "any") return { isPossible: true, cost: 0 };
        wanted.push(before - state.available);
      }
    }
    // After one of which the order is seen, all others may have their turn again.
    const from = open.some((index) => this.rank(index) === 0) ? 0 : least;
    const inTurn = open.filter((index) => !this.isOutOfTurn(index, from));
    return reach(
      inTurn.map((index) => moved(this.pending.calls[index])),
      wanted,
    );
  }

  /**
   * What must be available for its answer to be given, by it or by a call that it repeats: what repeats one that is in
   * the order already has its place, if it ever fits.
   */
  private availableBefore(index: number): bigint | "any" {
    const made = this.pending.calls[index];
    const outcome = made?.outcome ?? null;
    if (made === undefined || outcome === null || !("available" in outcome)) return "any";
    const { call } = made;
    if (call.kind === "balance" || outcome.kind === "denied") return outcome.available;
    return outcome.available - moved(made);
  }

  private isAlone(index: number): boolean {
    const call = this.pending.calls[index]?.call;
    if (call === undefined || call.kind === "balance" || !this.pending.isUnanswered(index)) return false;
    return this.pending.ofKey(call.key).every((other) => other === index);
  }
}

function moved(made: Invocation | undefined): bigint {
  if (made === undefined || made.call.kind === "balance") return 0n;
  return made.call.kind === "grant" ? made.call.amount : -made.call.amount;
}
