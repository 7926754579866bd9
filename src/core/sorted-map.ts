import btree from "sorted-btree";

type BTreeClass = typeof btree.default;
type Tree<Key, Value> = InstanceType<typeof btree.default<Key, Value>>;

/** A CommonJS module with a default export: Node hands out the module, bundlers and test runners its default. */
const BTree: BTreeClass = "default" in btree ? btree.default : btree;

/**
 * A map in key order that never changes: `with` and `without` give a new map that shares what did not change.
 * So a decision can be tried and dropped, and a reader keeps the state it began with.
 */
export class SortedMap<Key, Value> {
  private constructor(private readonly tree: Tree<Key, Value>) {}

  static empty<Key, Value>(compare: (a: Key, b: Key) => number): SortedMap<Key, Value> {
    return new SortedMap(new BTree<Key, Value>(undefined, compare));
  }

  get size(): number {
    return this.tree.size;
  }

  get(key: Key): Value | undefined {
    return this.tree.get(key);
  }

  with(key: Key, value: Value): SortedMap<Key, Value> {
    const tree = this.tree.clone();
    tree.set(key, value);
    return new SortedMap(tree);
  }

  without(key: Key): SortedMap<Key, Value> {
    const tree = this.tree.clone();
    return tree.delete(key) ? new SortedMap(tree) : this;
  }

  firstKey(): Key | undefined {
    return this.tree.minKey();
  }

  /** In key order, from `lowest` on where given. */
  keys(lowest?: Key): IterableIterator<Key> {
    return this.tree.keys(lowest);
  }

  values(): IterableIterator<Value> {
    return this.tree.values();
  }
}

export function compareNumbers(a: number, b: number): number {
  return a - b;
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
