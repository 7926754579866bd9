import type { EngineDoor, OwnPlace } from "../engine/door.js";
import type { OwnRecords } from "../engine/own-records.js";
import type { RecordRow } from "../store/rows.js";
import { type Delivery, nameOf } from "./delivery.js";

/**
 * Of one part of the outbox: what waits is read with every change, so there is little of it. Where it is full, the events
 * after it stay in the outbox.
 */
const MOST_WAITING = 200;

const KIND = "waiting";
const PASSED = { kind: "passed", id: "passed" } as const;

/** Positions of the outbox: what lies after `from`, up to `to`, is delivered or waits. */
export interface Passed {
  readonly from: number;
  readonly to: number;
}

/** Deliveries of one part of the outbox that wait: each wallet's in order, behind its first. */
export class Waiting {
  private slots: ReadonlyMap<string, Delivery> = new Map();
  private passed: Passed | null = null;
  readonly place: OwnPlace;

  constructor(
    private readonly door: EngineDoor,
    endpointId: string,
    part: number,
  ) {
    this.place = { name: nameOf(endpointId), section: `part:${part}` };
  }

  get size(): number {
    return this.slots.size;
  }

  get room(): number {
    return Math.max(0, MOST_WAITING - this.size);
  }

  take({ open }: OwnRecords): void {
    const waiting = open.filter(({ kind }) => kind === KIND);
    this.slots = new Map(waiting.map(({ id, data }) => [id, JSON.parse(data) as Delivery]));
    const passed = open.find(({ kind }) => kind === PASSED.kind);
    this.passed = passed === undefined ? null : (JSON.parse(passed.data) as Passed);
  }

  /** Where to read on, where the place that is kept in the outbox fell behind in a crash. */
  readOnFrom(position: number): number {
    const { passed } = this;
    return passed !== null && position >= passed.from && position < passed.to ? passed.to : position;
  }

  wallets(): readonly string[] {
    return [...new Set([...this.slots.values()].map(({ walletId }) => walletId))];
  }

  firstOf(walletId: string): Delivery | undefined {
    let first: Delivery | undefined;
    for (const delivery of this.slots.values())
      if (delivery.walletId === walletId && (first === undefined || delivery.sequence < first.sequence))
        first = delivery;
    return first;
  }

  /**
   * What waits already is not added again.
   *
   * @param passed Where they were read: written down with them, so that none is read again and waits twice.
   */
  park(deliveries: readonly Delivery[], passed: Passed): Promise<void> {
    return this.change((slots) => {
      for (const delivery of deliveries) add(slots, delivery);
      this.passed = passed;
      return [{ ...PASSED, open: true, data: JSON.stringify(passed) }];
    });
  }

  /** @returns whether it waits now: there may be no room. */
  async revive(delivery: Delivery): Promise<boolean> {
    let isWaiting = false;
    await this.change((slots) => {
      if (slots.size < MOST_WAITING) add(slots, delivery);
      isWaiting = isIn(slots, delivery);
      return [];
    });
    return isWaiting;
  }

  /** @param next How it waits on; null: it waits no more. Another dispatcher may have been first: then nothing. */
  settle({ eventId }: Delivery, next: Delivery | null): Promise<void> {
    return this.change((slots) => {
      for (const [slot, delivery] of slots)
        if (delivery.eventId === eventId) {
          if (next === null) slots.delete(slot);
          else slots.set(slot, next);
        }
      return [];
    });
  }

  /** Decides on what is stored, which becomes what is known. */
  private change(edit: (slots: Map<string, Delivery>) => readonly RecordRow[]): Promise<void> {
    return this.door.change(this.place, (records) => {
      this.take(records);
      const before = this.slots;
      const after = new Map(before);
      const others = edit(after);
      this.slots = after;
      return [...rowsBetween(before, after), ...others];
    });
  }
}

function isIn(slots: ReadonlyMap<string, Delivery>, { eventId }: Delivery): boolean {
  return [...slots.values()].some((delivery) => delivery.eventId === eventId);
}

function add(slots: Map<string, Delivery>, delivery: Delivery): void {
  if (!isIn(slots, delivery)) slots.set(freeSlot(slots), delivery);
}

/** Slots are used again: records are never deleted. */
function freeSlot(slots: ReadonlyMap<string, unknown>): string {
  let number = 1;
  while (slots.has(String(number))) number++;
  return String(number);
}

function rowsBetween(
  before: ReadonlyMap<string, Delivery>,
  after: ReadonlyMap<string, Delivery>,
): readonly RecordRow[] {
  const freed = [...before.keys()].filter((id) => !after.has(id));
  const written = [...after].filter(([id, delivery]) => before.get(id) !== delivery);
  return [
    ...freed.map((id) => ({ kind: KIND, id, open: false, data: "{}" })),
    ...written.map(([id, delivery]) => ({ kind: KIND, id, open: true, data: JSON.stringify(delivery) })),
  ];
}
