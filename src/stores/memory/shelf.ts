import { byId, compareText } from "./order.js";
import { SortedList } from "./sorted-list.js";

/** Holds the newest row under an id, so that a change of the row touches no index. */
interface Slot<Row> {
  readonly id: string;
  row: Row;
}

/** Rows by id, never deleted; the open ones apart, so that a snapshot costs only those. */
export class Shelf<Row extends { readonly id: string; readonly open: boolean }> {
  readonly #byId = new Map<string, Slot<Row>>();
  readonly #all = new SortedList<Slot<Row>>(byId);
  readonly #open = new SortedList<Slot<Row>>(byId);

  get(id: string): Row | undefined {
    return this.#byId.get(id)?.row;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Inserts or replaces. */
  put(row: Row): void {
    const slot = this.#byId.get(row.id);
    if (slot === undefined) {
      this.#insert(row);
      return;
    }
    if (row.open && !slot.row.open) this.#open.add(slot);
    if (!row.open && slot.row.open) this.#open.delete(slot);
    slot.row = row;
  }

  /** In order of id, after that id. */
  *rows(open: boolean | undefined, after?: string): Generator<Row, undefined> {
    const list = open === true ? this.#open : this.#all;
    const slots = after === undefined ? list.from() : list.from((slot) => compareText(slot.id, after) <= 0);
    for (const { row } of slots) {
      if (open !== false || !row.open) yield row;
    }
  }

  #insert(row: Row): void {
    const slot = { id: row.id, row };
    this.#byId.set(row.id, slot);
    this.#all.add(slot);
    if (row.open) this.#open.add(slot);
  }
}
