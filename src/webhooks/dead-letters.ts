import type { EngineDoor, OwnPlace } from "../engine/door.js";
import type { RecordRow } from "../store/rows.js";
import { type Delivery, nameOf } from "./delivery.js";

const KIND = "dead";
const DIGITS = 15;

/** A delivery that was given up, under the id by which it is listed and replayed. */
export interface Dead {
  readonly id: string;
  readonly delivery: Delivery;
}

/** What was given up, in order of the instants at which it was. */
export class DeadLetters {
  private readonly place: OwnPlace;

  constructor(
    private readonly door: EngineDoor,
    endpointId: string,
  ) {
    this.place = { name: nameOf(endpointId), section: "dead" };
  }

  /** Put down twice, after a crash, it is there once: its id says when it was given up. */
  put(delivery: Delivery): Promise<void> {
    const at = Math.max(0, delivery.deadAt ?? 0);
    const id = `${String(at).padStart(DIGITS, "0")}-${delivery.eventId}`;
    return this.door.change(this.place, () => [rowOf(id, delivery)]);
  }

  remove(id: string): Promise<void> {
    return this.door.change(this.place, () => [rowOf(id, null)]);
  }

  async find(id: string): Promise<Dead | undefined> {
    const [records] = await this.door.read([this.place], [{ kind: KIND, id }]);
    return records?.asked.flatMap(deadOf)[0];
  }

  /** Those that were replayed are passed over, so a page is read until it is full. */
  async list(
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly items: readonly Dead[]; readonly next: string | null }> {
    const items: Dead[] = [];
    let next = after;
    do {
      const page = await this.door.list(this.place, KIND, next, limit - items.length);
      items.push(...page.items.flatMap(deadOf));
      if (page.next === null) return { items, next: null };
      next = page.next;
    } while (items.length < limit);
    return { items, next };
  }
}

/** Closed: what was given up is read only where it is asked for. */
function rowOf(id: string, delivery: Delivery | null): RecordRow {
  return { kind: KIND, id, open: false, data: JSON.stringify({ delivery }) };
}

function deadOf({ id, data }: RecordRow): readonly Dead[] {
  const { delivery } = JSON.parse(data) as { readonly delivery: Delivery | null };
  return delivery === null ? [] : [{ id, delivery }];
}
