/** Enough to keep the list of chunks short, few enough that moving a chunk's tail costs little. */
const CHUNK = 512;

/**
 * A sorted list without equals: appending at the end is O(1), anything else O(log n) plus one chunk.
 *
 * Ledgers, receipts and events arrive in order, so their rows cost one comparison and one push whatever the
 * length of the history. Positions are named by a predicate that is true for a prefix of the list
 * (`row => row.at < 5`), so that a bound needs no row of its own.
 *
 * Do not write to a list while reading from it.
 */
export class SortedList<Item> {
  readonly #compare: (a: Item, b: Item) => number;
  /** None is empty. */
  readonly #chunks: Item[][] = [];

  constructor(compare: (a: Item, b: Item) => number) {
    this.#compare = compare;
  }

  /** The greatest item. */
  last(): Item | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  /** Is there an item that compares equal? At once for one after the last, as rows of a history are. */
  has(probe: Item): boolean {
    const last = this.last();
    return last !== undefined && this.#compare(last, probe) >= 0 && this.find(probe) !== undefined;
  }

  /** The item that compares equal to `probe`. */
  find(probe: Item): Item | undefined {
    const isBefore = (item: Item) => this.#compare(item, probe) < 0;
    const chunk = this.#chunks[this.#chunkOf(isBefore)] ?? [];
    const found = chunk[lowerBound(chunk, isBefore)];
    return found !== undefined && this.#compare(found, probe) === 0 ? found : undefined;
  }

  /** Adds an item, unless an equal one is there: then nothing changes and the answer is false. */
  add(item: Item): boolean {
    const chunk = this.#chunks.at(-1);
    const last = chunk?.at(-1);
    if (chunk === undefined || last === undefined) {
      this.#chunks.push([item]);
    } else if (this.#compare(last, item) >= 0) {
      return this.#insert(item);
    } else if (chunk.length < CHUNK) {
      chunk.push(item);
    } else {
      this.#chunks.push([item]);
    }
    return true;
  }

  /** Takes out the item that compares equal; false when there is none. */
  delete(item: Item): boolean {
    const isBefore = (other: Item) => this.#compare(other, item) < 0;
    const at = this.#chunkOf(isBefore);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return false;
    const index = lowerBound(chunk, isBefore);
    const found = chunk[index];
    if (found === undefined || this.#compare(found, item) !== 0) return false;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
    return true;
  }

  /** Ascending, from the first item for which `isBefore` is false. */
  *from(isBefore: (item: Item) => boolean = () => false): Generator<Item, undefined> {
    let at = this.#chunkOf(isBefore);
    let chunk = this.#chunks[at];
    let index = chunk === undefined ? 0 : lowerBound(chunk, isBefore);
    while (chunk !== undefined) {
      for (const item of index === 0 ? chunk : chunk.slice(index)) yield item;
      chunk = this.#chunks[++at];
      index = 0;
    }
  }

  /** Descending, from the last item for which `isBefore` is true. */
  *downFrom(isBefore: (item: Item) => boolean = () => true): Generator<Item, undefined> {
    let at = this.#chunkOf(isBefore);
    const straddling = this.#chunks[at];
    if (straddling !== undefined) {
      yield* straddling.slice(0, lowerBound(straddling, isBefore)).toReversed();
    }
    while (--at >= 0) yield* (this.#chunks[at] ?? []).toReversed();
  }

  #insert(item: Item): boolean {
    const isBefore = (other: Item) => this.#compare(other, item) < 0;
    const at = this.#chunkOf(isBefore);
    const chunk = this.#chunks[at];
    // `add` came here because an item at or after this one exists: its chunk is there, and so is its neighbour.
    if (chunk === undefined) return false;
    const index = lowerBound(chunk, isBefore);
    const next = chunk[index];
    if (next === undefined || this.#compare(next, item) === 0) return false;
    chunk.splice(index, 0, item);
    if (chunk.length > CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK / 2));
    return true;
  }

  /** The first chunk with an item that is not before. */
  #chunkOf(isBefore: (item: Item) => boolean): number {
    return lowerBound(this.#chunks, (chunk) => {
      const last = chunk.at(-1);
      return last !== undefined && isBefore(last);
    });
  }
}

/** How many items of the prefix are before. */
function lowerBound<Item>(items: readonly Item[], isBefore: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    // `middle` is below `items.length`, so the item is there.
    if (isBefore(items[middle] as Item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
