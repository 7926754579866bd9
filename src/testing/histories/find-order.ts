import type { Invocation } from "./history.js";
import { Pending } from "./pending.js";
import { EMPTY_WALLET, type WalletState, digest, step, without } from "./wallet-model.js";

/** How far the search came that found no order: the state after its longest order, and what would not go on from it. */
export interface DeadEnd {
  readonly placed: number;
  readonly state: WalletState;
  readonly stuck: readonly Invocation[];
}

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
 */
export function findOrder(calls: readonly Invocation[], mostPoints: number): DeadEnd | null {
  return new Search(new Pending(calls), mostPoints).run();
}

class Search {
  private readonly order: number[] = [];
  private readonly seen = new Set<string>();
  private farthest: DeadEnd = { placed: -1, state: EMPTY_WALLET, stuck: [] };

  constructor(
    private readonly pending: Pending,
    private readonly mostPoints: number,
  ) {}

  run(): DeadEnd | null {
    const path: Point[] = [];
    let reached = this.reach(EMPTY_WALLET);
    while (reached !== "ordered") {
      if (reached !== null) path.push(reached);
      const point = path.at(-1);
      if (point === undefined) return this.farthest;
      while (this.order.length > point.placed) this.pending.putBack(this.order.pop() ?? 0);
      const choice = point.choices[point.tried++];
      if (choice === undefined) {
        path.pop();
        reached = null;
      } else reached = this.reach(this.place(choice));
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

  /** @returns null for a point that was reached before: there is nothing behind it. */
  private reach(from: WalletState): Point | "ordered" | null {
    const state = this.placeIdle(from);
    if (this.pending.known === 0) return "ordered";
    const candidates = this.pending.candidates();
    const name = `${candidates.join()}|${digest(state)}`;
    if (this.seen.has(name)) return null;
    this.seen.add(name);
    if (this.seen.size > this.mostPoints)
      throw new Error(`The history is undecided: no order was found within ${this.mostPoints} points.`);
    this.remember(state, candidates);
    return { choices: this.choices(state, candidates), placed: this.order.length, tried: 0 };
  }

  /** What is legal now and moves nothing may as well come now: whatever order there is, is one with it here. */
  private placeIdle(from: WalletState): WalletState {
    let state = from;
    for (let found = true; found;) {
      found = false;
      for (const index of this.pending.candidates()) {
        const made = this.step(state, index);
        if (made === null || !made.isIdle || this.isUnknown(index)) continue;
        state = this.place({ index, next: made.next });
        found = true;
      }
    }
    return state;
  }

  private choices(state: WalletState, candidates: readonly number[]): readonly Choice[] {
    const choices: Choice[] = [];
    const alike = new Set<string>();
    for (const index of this.likeliestFirst(candidates)) {
      const made = this.step(state, index);
      if (made === null || made.isIdle || !this.mayBeRepeated(index, made.next)) continue;
      const twin = this.twinName(index);
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

  /** Calls without an answer whose keys nobody else uses are alike if they ask for the same: one of them will do. */
  private twinName(index: number): string | null {
    const call = this.pending.calls[index]?.call;
    if (call === undefined || call.kind === "balance") return null;
    if (!this.isUnknown(index) || this.pending.ofKey(call.key).length > 1) return null;
    return `${call.kind} ${call.amount}`;
  }

  private isUnknown(index: number): boolean {
    return this.pending.calls[index]?.outcome === null;
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
