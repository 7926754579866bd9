import type { RecordRow } from "../store/rows.js";
import type { CreditEvent } from "./api-events.js";
import type { BookDoor } from "./book-door.js";
import type { Positions } from "./events/consumer.js";
import type { OwnRecords } from "./own-records.js";
import type { Pace } from "./pace.js";

/** Where records of the engine's own stand: a name that no caller can give to a wallet, and a section of it. */
export interface OwnPlace {
  readonly name: string;
  readonly section: string;
}

export interface NamedRecord {
  readonly kind: string;
  readonly id: string;
}

/** An event on its place in the outbox. */
export interface PlacedEvent {
  readonly event: CreditEvent;
  readonly walletId: string;
}

/**
 * What other parts of the package need of an engine and callers do not: the outbox part by part, and records of their
 * own in its store. Every call is one of the engine's: tried again within its time, and refused once it is closed.
 */
export interface EngineDoor {
  readonly eventTypes: readonly string[];
  /** How many parts the outbox has. */
  readonly parts: number;
  readonly pace: Pace;
  readonly now: () => number;
  readonly isClosing: () => boolean;
  readonly books: BookDoor;
  /** How far a consumer has read; one that is new is registered. */
  readonly placeOf: (consumer: string, fromStart: boolean) => Promise<Positions>;
  /** A place never goes back. */
  readonly keepPlace: (consumer: string, positions: Positions) => Promise<void>;
  readonly eventsAfter: (
    part: number,
    after: number,
    limit: number,
  ) => Promise<{ readonly items: readonly PlacedEvent[]; readonly next: number }>;
  readonly read: (
    places: readonly OwnPlace[],
    asked?: readonly NamedRecord[],
  ) => Promise<readonly OwnRecords[]>;
  readonly change: (
    place: OwnPlace,
    rowsOf: (records: OwnRecords) => readonly RecordRow[],
    asked?: readonly NamedRecord[],
  ) => Promise<void>;
  /** Records of one kind, by their ids. @throws CreditError `invalid_input` for an `after` that no page gave */
  readonly list: (
    place: OwnPlace,
    kind: string,
    after: string | undefined,
    limit: number,
  ) => Promise<{ readonly items: readonly RecordRow[]; readonly next: string | null }>;
}

/** Registered, so that every copy of the package in a process finds it: entry points of CommonJS share no code. */
export const DOOR: unique symbol = Symbol.for("coffer.engine.door");

/** Undefined: no engine, or none that `createCreditEngine` made. */
export function doorTo(engine: unknown): EngineDoor | undefined {
  if (typeof engine !== "object" || engine === null) return undefined;
  return (engine as { readonly [DOOR]?: EngineDoor })[DOOR];
}
