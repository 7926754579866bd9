import { PARTS } from "../parts.js";
import type { EventPage } from "../../store/queries.js";
import type { CreditEvent } from "../api-events.js";
import type { EngineParts } from "../engine-parts.js";
import { pauseUnlessAborted } from "../pace.js";
import { reading } from "../persevere.js";
import { type Positions, positionsOf, register, savePositions } from "./consumer.js";
import { presentEvent } from "./present.js";

const PAGE = 100;
const LARGEST_PAGE = 5_000;
/** Pages that are read at once: of a store that is far away most of the time goes to its answers. */
const PARTS_AT_ONCE = 8;

export interface StreamOptions {
  readonly consumer: string;
  /** Null: all. */
  readonly types: ReadonlySet<string> | null;
  readonly fromStart: boolean;
  readonly follow: boolean;
  readonly pollMs: number;
  readonly saveEvery: number;
  readonly signal: AbortSignal | undefined;
}

/** All events, part by part, round after round. An event counts as read once its reader asks for the next one. */
export async function* streamEvents(
  parts: EngineParts,
  options: StreamOptions,
): AsyncGenerator<CreditEvent, void, void> {
  const { follow, pollMs, signal } = options;
  const place = await Place.open(parts, options);
  const isOver = () => signal?.aborted === true || parts.lifetime.isClosing;
  try {
    while (!isOver()) {
      const before = place.read;
      for (let part = 0; part < PARTS && !isOver(); part += PARTS_AT_ONCE)
        yield* eventsOf(parts, options, place, part, isOver);
      await place.save();
      if (place.read > before) continue;
      if (!follow) return;
      if (!isOver()) await pauseUnlessAborted(parts.pace, pollMs, signal);
    }
  } finally {
    await place.save();
  }
}

async function* eventsOf(
  parts: EngineParts,
  { types, saveEvery }: StreamOptions,
  place: Place,
  first: number,
  isOver: () => boolean,
): AsyncGenerator<CreditEvent, void, void> {
  const numbers = Array.from({ length: PARTS_AT_ONCE }, (_, index) => first + index);
  const pages = await Promise.all(numbers.map((part) => eventPage(parts, part, place.of(part), PAGE)));
  for (const [index, start] of pages.entries()) {
    const part = first + index;
    for (let page = start; page.items.length > 0; page = await eventPage(parts, part, page.next, PAGE)) {
      for (const { wallet, position, ...row } of page.items) {
        const isWanted = types === null || types.has(row.type);
        if (isWanted) yield presentEvent(wallet, row);
        place.pass(part, position, isWanted);
        if (place.unsaved >= saveEvery) await place.save();
        if (isOver()) return;
      }
    }
  }
}

export function eventPage(
  { services, access, lifetime }: EngineParts,
  part: number,
  after: number,
  limit: number,
): Promise<EventPage> {
  return lifetime.during(() => reading(services.access, () => access.store.events({ part, after, limit })));
}

/** How far a consumer has read; one that is new is registered, and begins at the start or with what comes from now on. */
export async function placeOf(parts: EngineParts, consumer: string, fromStart: boolean): Promise<Positions> {
  const { services, lifetime } = parts;
  const kept = await lifetime.during(() => positionsOf(services, consumer));
  if (kept !== null) return kept;
  const positions: Positions = fromStart ? new Map() : await endsOf(parts);
  await lifetime.during(() => register(services, consumer, positions));
  return positions;
}

/** Where all parts end now. */
async function endsOf(parts: EngineParts): Promise<Positions> {
  const ends = new Map<number, number>();
  for (let part = 0; part < PARTS; part++) {
    let end = 0;
    for (;;) {
      const { next } = await eventPage(parts, part, end, LARGEST_PAGE);
      if (next === end) break;
      end = next;
    }
    if (end > 0) ends.set(part, end);
  }
  return ends;
}

/** How far a consumer has read, and how much of that is kept. */
class Place {
  /** Events that were passed, and of those that were wanted the ones that are not kept as read. */
  read = 0;
  unsaved = 0;
  private readonly passed: Map<number, number> = new Map();

  private constructor(
    private readonly parts: EngineParts,
    private readonly consumer: string,
    private readonly kept: Map<number, number>,
  ) {}

  static async open(parts: EngineParts, { consumer, fromStart }: StreamOptions): Promise<Place> {
    return new Place(parts, consumer, new Map(await placeOf(parts, consumer, fromStart)));
  }

  of(part: number): number {
    return this.passed.get(part) ?? this.kept.get(part) ?? 0;
  }

  pass(part: number, position: number, wasWanted: boolean): void {
    this.passed.set(part, position);
    this.read++;
    if (wasWanted) this.unsaved++;
  }

  /** Nothing once the engine is closed: what was read since comes again. */
  async save(): Promise<void> {
    const { services, lifetime } = this.parts;
    if (this.passed.size === 0 || lifetime.isClosing) return;
    const positions = new Map(this.passed);
    await lifetime.during(() => savePositions(services, this.consumer, positions));
    for (const [part, position] of positions) this.kept.set(part, position);
    this.passed.clear();
    this.unsaved = 0;
  }
}
