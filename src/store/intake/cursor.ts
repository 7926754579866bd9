import { describe, refuse } from "./intake.js";
import { readingGiven } from "./reading.js";

/** The place of a row among those of its wallet. */
export type Place = readonly (string | number)[];

/** Where a page ended. */
export interface Cursor {
  readonly wallet: string;
  readonly place: Place;
}

/** What the parts of each kind's place are. */
const SHAPES = {
  wallets: [],
  grants: ["string"],
  records: ["string", "string"],
  receipts: ["number", "number"],
  entries: ["number", "number"],
} as const;

type Kind = keyof typeof SHAPES;

/** Refuses what callers without types might ask for. */
export function checkKind(kind: string): void {
  if (!Object.hasOwn(SHAPES, kind)) refuse(`no rows of kind ${JSON.stringify(kind)} are listed`);
}

/** A place in a listing as the `next` of a page. It names a row, so it holds whatever is written or pruned meanwhile. */
export function writeCursor(kind: Kind, cursor: Cursor): string {
  return JSON.stringify([kind, cursor.wallet, ...cursor.place]);
}

/**
 * What `writeCursor` wrote. Refuses what no page of this kind has given.
 *
 * @throws {StoreError} `permanent`.
 */
export function readCursor(kind: Kind, text: string): Cursor {
  return readingGiven("readCursor", () => cursorIn(kind, text));
}

function cursorIn(kind: Kind, text: string): Cursor {
  const [itsKind, wallet, ...place] = parse(text);
  const shape: readonly string[] = SHAPES[kind];
  const fits = place.length === shape.length && place.every((value, index) => typeof value === shape[index]);
  if (itsKind !== kind || typeof wallet !== "string" || !fits) return refuseCursor(text);
  // Every part is of a type that `shape` names: a string or a number.
  return { wallet, place: place as Place };
}

function parse(text: string): readonly unknown[] {
  // Else it would be made a text of first, which takes long for a large bigint.
  if (typeof text !== "string") return refuseCursor(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuseCursor(text);
  }
  return Array.isArray(value) ? value : refuseCursor(text);
}

function refuseCursor(text: string): never {
  return refuse(`after is not the next of a page of this listing: ${describe(text)}`);
}
