import type { Invocation } from "./history.js";

/** Calls that have no place in the order yet, by the instant at which they began: a list with cheap undoing. */
export class Pending {
  /** Of calls whose outcome is known: when there are none, the order is found. */
  known: number;
  private readonly after: number[];
  private readonly before: number[];
  private readonly isTaken: boolean[];
  private readonly byKey = new Map<string, number[]>();

  /** @param calls sorted by their beginnings */
  constructor(readonly calls: readonly Invocation[]) {
    const size = calls.length;
    // One place more than there are calls stands for both ends.
    this.after = Array.from({ length: size + 1 }, (_, index) => (index + 1) % (size + 1));
    this.before = Array.from({ length: size + 1 }, (_, index) => (index + size) % (size + 1));
    this.known = calls.filter(({ outcome }) => outcome !== null).length;
    this.isTaken = calls.map(() => false);
    for (const [index, { call }] of calls.entries()) {
      if (call.kind === "balance") continue;
      const same = this.byKey.get(call.key);
      if (same === undefined) this.byKey.set(call.key, [index]);
      else same.push(index);
    }
  }

  /** The pending calls of this key. */
  ofKey(key: string): readonly number[] {
    return (this.byKey.get(key) ?? []).filter((index) => this.isTaken[index] === false);
  }

  isUnanswered(index: number): boolean {
    return this.calls[index]?.outcome === null;
  }

  take(index: number): void {
    const [before, after] = this.neighbours(index);
    this.after[before] = after;
    this.before[after] = before;
    this.mark(index, true);
  }

  /** Undoes the last `take` that was not undone. */
  putBack(index: number): void {
    const [before, after] = this.neighbours(index);
    this.after[before] = index;
    this.before[after] = index;
    this.mark(index, false);
  }

  /** Those that may come next: no other pending one had ended before they began. */
  candidates(): readonly number[] {
    const found: number[] = [];
    let firstEnd: bigint | null = null;
    const end = this.calls.length;
    for (let index = this.after[end] ?? end; index !== end; index = this.after[index] ?? end) {
      const call = this.calls[index];
      if (call === undefined || (firstEnd !== null && call.startedAt > firstEnd)) break;
      found.push(index);
      const { endedAt } = call;
      if (endedAt !== null && (firstEnd === null || endedAt < firstEnd)) firstEnd = endedAt;
    }
    return found;
  }

  private neighbours(index: number): readonly [number, number] {
    return [this.before[index] ?? 0, this.after[index] ?? 0];
  }

  private mark(index: number, isTaken: boolean): void {
    this.isTaken[index] = isTaken;
    if (this.calls[index]?.outcome !== null) this.known += isTaken ? -1 : 1;
  }
}
