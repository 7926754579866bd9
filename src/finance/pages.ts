import type { Page } from "../store/queries.js";

/** A listing, read page by page; what stands next can be looked at. */
export class Pages<Row> {
  private items: readonly Row[] = [];
  private place = 0;
  private after: string | null = null;
  private hasMore = true;

  constructor(
    private readonly read: (after: string | null) => Promise<Page<unknown> & { items: readonly Row[] }>,
  ) {}

  /** Undefined: there is nothing more. */
  async peek(): Promise<Row | undefined> {
    while (this.place >= this.items.length && this.hasMore) {
      const page = await this.read(this.after);
      this.items = page.items;
      this.place = 0;
      this.after = page.next;
      this.hasMore = page.next !== null;
    }
    return this.items[this.place];
  }

  /** Of what was read already, all that comes next and passes. */
  take(passes: (row: Row) => boolean): readonly Row[] {
    const start = this.place;
    for (;;) {
      const row = this.items[this.place];
      if (row === undefined || !passes(row)) return this.items.slice(start, this.place);
      this.place++;
    }
  }
}
