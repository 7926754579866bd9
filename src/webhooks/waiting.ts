import type { EngineDoor, OwnPlace } from "../engine/door.js";
import type { OwnRecords } from "../engine/own-records.js";
import type { RecordRow } from "../store/rows.js";
import { type Delivery, nameOf } from "./delivery.js";

/**
 * Of one part of the outbox: what waits is read with every change, so there is little of it. Where it is full, the events
 * after it stay in the outbox.
 */
export const MOST_WAITING = 200;

const KIND = "waiting";

/** Deliveries of one part of the outbox that wait: each wallet's in order, behind its first. */
export class Waiting {
  private slots: ReadonlyMap<string, Delivery> = new Map();
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
    this.slots = new Map(open.map(({ id, data }) => [id, JSON.parse(data) as Delivery]));
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
   * @param most How many may wait afterwards.
   * @returns how many found room.
   */
  async park(deliveries: readonly Delivery[], most = Number.POSITIVE_INFINITY): Promise<number> {
    let parked = 0;
    await this.change((slots) => {
      parked = 0;
      const waiting = new Set([...slots.values()].map(({ eventId }) => eventId));
      for (const delivery of deliveries) {
        if (!waiting.has(delivery.eventId) && slots.size >= most) break;
        if (!waiting.has(delivery.eventId)) slots.set(freeSlot(slots), delivery);
        parked++;
      }
    });
    return parked;
  }

  /** @param next How it waits on; null: it waits no more. Another dispatcher may have been first: then nothing. */
  settle({ eventId }: Delivery, next: Delivery | null): Promise<void> {
    return this.change((slots) => {
      for (const [slot, delivery] of slots)
        if (delivery.eventId === eventId) {
          if (next === null) slots.delete(slot);
          else slots.set(slot, next);
        }
    });
  }

  /** Decides on what is stored, which becomes what is known. */
  private change(edit: (slots: Map<string, Delivery>) => void): Promise<void> {
    return this.door.change(this.place, (records) => {
      this.take(records);
      const before = this.slots;
      const after = new Map(before);
      edit(after);
      this.slots = after;
      return rowsBetween(before, after);
    });
  }
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
