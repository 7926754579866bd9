import type { EngineDoor, NamedRecord, OwnPlace } from "../engine/door.js";
import type { OwnRecords } from "../engine/own-records.js";
import type { RecordRow } from "../store/rows.js";
import { nameOf } from "./delivery.js";

const KIND = "attempt";
const STATE = { kind: "log", id: "state" } as const;
/** Attempts that are kept. */
const MOST_KEPT = 1_000;
/** Stores may take no more rows in one change. */
const WRITTEN_AT_ONCE = 50;

/** Instants are UTC milliseconds. */
export interface LoggedAttempt {
  readonly at: number;
  readonly eventId: string;
  readonly type: string;
  readonly customerId: string;
  readonly attempt: number;
  readonly outcome: "delivered" | "failed" | "dead";
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly nextAttemptAt: number | null;
}

interface Numbered extends LoggedAttempt {
  readonly number: number;
}

/** The last attempts at an endpoint: a ring of records, written in groups. After a crash the last group may be missing. */
export class DeliveryLog {
  private unwritten: LoggedAttempt[] = [];
  private readonly place: OwnPlace;

  constructor(
    private readonly door: EngineDoor,
    endpointId: string,
  ) {
    this.place = { name: nameOf(endpointId), section: "log" };
  }

  add(attempt: LoggedAttempt): void {
    this.unwritten.push(attempt);
  }

  async flush(): Promise<void> {
    while (this.unwritten.length > 0) {
      const group = this.unwritten.slice(0, WRITTEN_AT_ONCE);
      await this.door.change(this.place, (records) => rowsOf(group, lastOf(records)));
      this.unwritten = this.unwritten.slice(group.length);
    }
  }

  /** Newest first. @param before Only attempts with a smaller number. */
  async list(
    before: number,
    limit: number,
  ): Promise<{ readonly items: readonly LoggedAttempt[]; readonly next: number | null }> {
    const [state] = await this.door.read([this.place]);
    const last = state === undefined ? 0 : lastOf(state);
    const oldest = Math.max(1, last - MOST_KEPT + 1);
    const newest = Math.min(last, before - 1);
    const lowest = Math.max(oldest, newest - limit + 1);
    if (lowest > newest) return { items: [], next: null };
    const asked: NamedRecord[] = [];
    for (let number = newest; number >= lowest; number--) asked.push({ kind: KIND, id: slotOf(number) });
    const [records] = await this.door.read([this.place], asked);
    // What was written over since then is no more of this page.
    const items = (records?.asked ?? [])
      .map(({ data }) => JSON.parse(data) as Numbered)
      .filter(({ number }) => number >= lowest && number <= newest)
      .sort((a, b) => b.number - a.number);
    return { items, next: lowest > oldest ? lowest : null };
  }
}

function lastOf({ open }: OwnRecords): number {
  const state = open.find(({ kind }) => kind === STATE.kind);
  return state === undefined ? 0 : (JSON.parse(state.data) as { readonly last: number }).last;
}

function slotOf(number: number): string {
  return String(number % MOST_KEPT);
}

function rowsOf(group: readonly LoggedAttempt[], last: number): readonly RecordRow[] {
  const rows = group.map((attempt, index) => {
    const number = last + index + 1;
    return { kind: KIND, id: slotOf(number), open: false, data: JSON.stringify({ number, ...attempt }) };
  });
  return [...rows, { ...STATE, open: true, data: JSON.stringify({ last: last + group.length }) }];
}
