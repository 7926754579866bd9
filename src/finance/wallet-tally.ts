import type { BookDoor } from "../engine/book-door.js";
import type { EntryRow } from "../store/rows.js";
import { usedAtOf } from "./concerned.js";
import { effectOf, promotionalUse } from "./effect.js";
import { GrantTally } from "./grant-tally.js";
import type { BookedEntry, LedgerWallet } from "./ledger-stream.js";
import { Pages } from "./pages.js";
import type { ReportOptions } from "./report-options.js";
import { bookedAt, type Seals } from "./seals.js";
import { type Sums, noteOccurrence } from "./sums.js";

/** A reversal: which time it concerns, its entry does not say. */
interface Reversal {
  readonly row: EntryRow;
  /** Where it is booked, and what starts there. */
  readonly sums: Sums;
  readonly column: "recognised" | "overage";
  readonly minor: bigint;
  readonly starts: { readonly span: number; readonly report: number };
}

const NAMES_PER_LOAD = 500;
/** Before a money: what belongs to no grant, such as overage, is in as many monies as there were prices. */
const NO_GRANT = " ";

/** One wallet's part of a report, grant by grant. */
export class WalletTally {
  readonly grants: Map<string, GrantTally> = new Map();
  private readonly reversals: Reversal[] = [];
  /** Entries that count in the report's span. */
  entries = 0;
  /** The last of these. */
  last: EntryRow | null = null;
  private lastSeq: number;
  private lastRecordedAt: number;
  private span = 0;

  constructor(
    readonly wallet: LedgerWallet,
    private readonly options: ReportOptions,
    private readonly byFeature: boolean,
    withFacts: boolean,
  ) {
    this.lastSeq = wallet.seq;
    this.lastRecordedAt = wallet.clock;
    for (const row of wallet.openGrants) this.grants.set(row.id, new GrantTally(row, withFacts));
  }

  add({ row, at }: BookedEntry): void {
    this.lastSeq = Math.max(this.lastSeq, row.seq);
    this.lastRecordedAt = Math.max(this.lastRecordedAt, row.recordedAt);
    const { from, to } = this.options;
    if (at < from) return;
    const effect = effectOf(row);
    const tally = this.tallyOf(row.grantId ?? NO_GRANT + (effect?.currency ?? ""));
    tally.note(row, effect, row.seq <= this.wallet.seq);
    if (at >= to) return;
    this.entries++;
    this.last = row;
    const span = this.spanAt(at);
    const feature = this.byFeature ? row.feature : null;
    const used = promotionalUse(row);
    if (used !== null) tally.use(span, feature, used);
    if (effect === null) return;
    const { minor, effect: column } = effect;
    const isUse = column === "recognised" || column === "overage";
    const sums = tally.cell(span, isUse ? feature : null);
    sums[column] += minor;
    if (column === "recognised" && feature !== null) {
      sums.attributed += minor;
      tally.cell(span, null).attributed -= minor;
    }
    if (isUse || column === "breakage") this.noteEarlier(row, sums, column, minor, span);
  }

  private tallyOf(grantId: string): GrantTally {
    const known = this.grants.get(grantId);
    if (known !== undefined) return known;
    const made = new GrantTally();
    this.grants.set(grantId, made);
    return made;
  }

  /** Instants of a ledger never go back, so the span is this one or a later one. */
  private spanAt(at: number): number {
    const { bounds } = this.options;
    while ((bounds[this.span + 1] ?? Infinity) <= at) this.span++;
    return this.span;
  }

  private noteEarlier(
    row: EntryRow,
    sums: Sums,
    column: "recognised" | "breakage" | "overage",
    minor: bigint,
    span: number,
  ): void {
    const { bounds, from } = this.options;
    const starts = { span: bounds[span] ?? from, report: from };
    if (row.type === "reversed" && column !== "breakage")
      this.reversals.push({ row, sums, column, minor, starts });
    else noteOccurrence(sums, { column, minor, occurredAt: row.occurredAt }, starts);
  }

  /** Asks of each reversal which use it concerns. */
  async resolveReversals(books: BookDoor): Promise<void> {
    const known = new Map<string, number | null>();
    for (const { row, sums, column, minor, starts } of this.reversals) {
      const { operationId } = row;
      if (!known.has(operationId)) known.set(operationId, await usedAtOf(books, this.wallet.key, row));
      const occurredAt = known.get(operationId) ?? null;
      if (occurredAt !== null) noteOccurrence(sums, { column, minor, occurredAt }, starts);
    }
    this.reversals.length = 0;
  }

  /** Reads the rows of all grants that were met, and whatever was written until then. */
  async learn(books: BookDoor, seals: Seals): Promise<void> {
    for (;;) {
      const names = [...this.grants]
        .filter(([id, { facts }]) => !id.startsWith(NO_GRANT) && facts === null)
        .slice(0, NAMES_PER_LOAD)
        .map(([id]) => id);
      if (names.length === 0) return;
      const [snapshot] = await books.load([{ key: this.wallet.key, grants: names }]);
      if (snapshot === undefined) return;
      await this.catchUp(books, seals, snapshot.head?.seq ?? 0);
      const asked = new Set(names);
      for (const row of [...snapshot.grants, ...snapshot.asked.grants])
        if (asked.delete(row.id)) this.grants.get(row.id)?.learn(row);
      // Of a damaged store: its entries still count.
      for (const id of asked) this.tallyOf(id).facts = { source: "", plan: null };
    }
  }

  private async catchUp(books: BookDoor, seals: Seals, seq: number): Promise<void> {
    if (seq <= this.lastSeq) return;
    const { key, sealed } = this.wallet;
    const after = this.lastSeq;
    const listing = new Pages<EntryRow>((page) =>
      books.list(
        { kind: "entries", where: { wallet: key }, from: this.lastRecordedAt },
        page,
        NAMES_PER_LOAD,
      ),
    );
    while ((await listing.peek()) !== undefined)
      for (const row of listing.take(() => true))
        if (row.seq > after && row.seq <= seq) this.add({ row, at: bookedAt(row, seals, sealed) });
  }
}
