import type { Budget } from "./budget.js";
import type { Invocation } from "./history.js";
import { Pending } from "./pending.js";
import { Unanswered } from "./unanswered.js";
import { EMPTY_WALLET, type WalletState, digest, step, without } from "./wallet-model.js";

/** How far the search came that found no order: the state after its longest order, and what would not go on from it. */
export interface DeadEnd {
  readonly placed: number;
  readonly state: WalletState;
  readonly stuck: readonly Invocation[];
}

/** Sums that take about as long as a point. */
const SUMS_PER_POINT = 64;

interface Choice {
  readonly index: number;
  readonly next: WalletState;
}

/** A point of the search: what may be tried from it, and how many calls were in order when it was reached. */
interface Point {
  readonly choices: readonly Choice[];
  readonly placed: number;
  tried: number;
}

/**
 * Searches for an order of the calls of one wallet in which every outcome is what the wallet would have answered, and
 * no call comes before one that had ended when it began (Wing and Gong, with Lowe's memory of the points that were
 * reached before).
 *
 * @param calls sorted by their beginnings
 * @returns null where there is an order.
 * @throws {Undecided} where the budget is too small to tell.
 */
export function findOrder(calls: readonly Invocation[], budget: Budget): DeadEnd | null {
  return new Search(new Pending(calls), budget).run();
}

class Search {
  private readonly order: number[] = [];
  private readonly seen = new Set<string>();
  private farthest: DeadEnd = { placed: -1, state: EMPTY_WALLET, stuck: [] };
  private readonly unanswered: Unanswered;

  constructor(
    private readonly pending: Pending,
    private readonly budget: Budget,
  ) {
    this.unanswered = new Unanswered(pending);
  }

  run(): DeadEnd | null {
    const path: Point[] = [];
    let reached = this.reach(EMPTY_WALLET, 0);
    while (reached !== "ordered") {
      if (reached !== null) path.push(reached);
      const point = path.at(-1);
      if (point === undefined) return this.farthest;
      while (this.order.length > point.placed) this.pending.putBack(this.order.pop() ?? 0);
      const choice = point.choices[point.tried++];
      if (choice === undefined) {
        path.pop();
        reached = null;
      } else {
        const rank = this.unanswered.rank(choice.index);
        reached = this.reach(this.place(choice), rank);
      }
    }
    return null;
  }

  private place({ index, next }: Choice): WalletState {
    this.order.push(index);
    this.pending.take(index);
    const call = this.pending.calls[index]?.call;
    if (call === undefined || call.kind === "balance" || this.pending.ofKey(call.key).length > 0) return next;
    return without(next, call.key);
  }

  /**
   * @param rank of the call that was placed last.
   * @returns null for a point that has nothing behind it, or was reached before.
   */
  private reach(from: WalletState, rank: number): Point | "ordered" | null {
    const placed = this.order.length;
    const state = this.placeIdle(from);
    if (this.pending.known === 0) return "ordered";
    const least = this.order.length === placed ? rank : 0;
    const candidates = this.pending.candidates();
    const name = `${candidates.join()}|${least}|${digest(state)}`;
    if (this.seen.has(name)) return null;
    this.seen.add(name);
    this.budget.spend(1);
    this.remember(state, candidates);
    const { isPossible, cost } = this.unanswered.mayLeadOn(state, candidates, least);
    this.budget.spend(cost / SUMS_PER_POINT);
    if (!isPossible) return null;
    return { choices: this.choices(state, candidates, least), placed: this.order.length, tried: 0 };
  }

  /** What is legal now and moves nothing may as well come now: whatever order there is, is one with it here. */
  private placeIdle(from: WalletState): WalletState {
    let state = from;
    for (let found = true; found;) {
      found = false;
      for (const index of this.pending.candidates()) {
        const made = this.step(state, index);
        if (made === null || !made.isIdle || this.pending.isUnanswered(index)) continue;
        state = this.place({ index, next: made.next });
        found = true;
      }
    }
    return state;
  }

  private choices(state: WalletState, candidates: readonly number[], least: number): readonly Choice[] {
    const choices: Choice[] = [];
    const alike = new Set<string>();
    for (const index of this.likeliestFirst(candidates)) {
      const made = this.step(state, index);
      if (made === null || made.isIdle || !this.mayBeRepeated(index, made.next)) continue;
      if (this.unanswered.isOutOfTurn(index, least)) continue;
      const twin = this.unanswered.twinName(index);
      if (twin !== null && alike.has(twin)) continue;
      if (twin !== null) alike.add(twin);
      choices.push({ index, next: made.next });
    }
    return choices;
  }

  /** The calls of its key that are left come after it: they must have been told what it was. */
  private mayBeRepeated(index: number, next: WalletState): boolean {
    const call = this.pending.calls[index]?.call;
    if (call === undefined || call.kind === "balance") return true;
    const others = this.pending.ofKey(call.key).filter((other) => other !== index);
    return others.every((other) => this.step(next, other) !== null);
  }

  /** Those that were answered, by the end of them; then those that nobody knows of. */
  private likeliestFirst(candidates: readonly number[]): readonly number[] {
    const end = (index: number) => this.pending.calls[index]?.endedAt ?? null;
    return [...candidates].sort((a, b) => {
      const [x, y] = [end(a), end(b)];
      if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1;
      return x < y ? -1 : 1;
    });
  }

  private step(state: WalletState, index: number): ReturnType<typeof step> {
    const made = this.pending.calls[index];
    return made === undefined ? null : step(state, made.call, made.outcome);
  }

  private remember(state: WalletState, candidates: readonly number[]): void {
    if (this.order.length <= this.farthest.placed) return;
    const stuck = candidates.flatMap((index) => this.pending.calls[index] ?? []);
    this.farthest = { placed: this.order.length, state, stuck };
  }
}
