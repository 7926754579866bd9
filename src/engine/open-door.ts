import { bookDoorOf } from "./book-door.js";
import { DOOR, type EngineDoor, type OwnPlace } from "./door.js";
import type { EngineParts } from "./engine-parts.js";
import { savePositions } from "./events/consumer.js";
import { presentEvent } from "./events/present.js";
import { eventPage, placeOf } from "./events/stream.js";
import { PARTS } from "./parts.js";
import { TYPES } from "./events/verbs.js";
import { changeOwnRecords, ownNames } from "./own-records.js";
import { reading } from "./persevere.js";
import { openCursor, sealCursor } from "./reads/page.js";
import { listRows } from "./reads/rows.js";

export function withDoor<Engine extends object>(parts: EngineParts, engine: Engine): Engine {
  // Not enumerable: nobody meets it who does not look for it.
  return Object.defineProperty(engine, DOOR, { value: doorOf(parts) });
}

function doorOf(parts: EngineParts): EngineDoor {
  const { services, lifetime, pace } = parts;
  const keyOf = ({ name, section }: OwnPlace) => services.handle(ownNames(name, section)).key;
  return {
    eventTypes: TYPES,
    parts: PARTS,
    pace,
    now: services.now,
    isClosing: () => lifetime.isClosing,
    books: bookDoorOf(parts),
    placeOf: (consumer, fromStart) => placeOf(parts, consumer, fromStart),
    keepPlace: (consumer, positions) => lifetime.during(() => savePositions(services, consumer, positions)),
    eventsAfter: async (part, after, limit) => {
      const { items, next } = await eventPage(parts, part, after, limit);
      return {
        items: items.map(({ wallet, ...row }) => ({ event: presentEvent(wallet, row), walletId: wallet.id })),
        next,
      };
    },
    read: (places, asked = []) =>
      lifetime.during(async () => {
        const reads = places.map((place) => ({ key: keyOf(place), records: asked }));
        const snapshots = await reading(services.access, (patience) => services.access.load(reads, patience));
        return snapshots.map(({ records, asked }) => ({ open: records, asked: asked.records }));
      }),
    change: ({ name, section }, rowsOf, asked) =>
      lifetime.during(() => changeOwnRecords(services, ownNames(name, section), rowsOf, asked)),
    list: (place, record, after, limit) =>
      lifetime.during(async () => {
        const wallet = keyOf(place);
        const from = openCursor("deadLetters", wallet, after);
        const page = await listRows(services, { kind: "records", where: { wallet }, record }, from, limit);
        return { items: page.items, next: sealCursor("deadLetters", wallet, page.next) };
      }),
  };
}
