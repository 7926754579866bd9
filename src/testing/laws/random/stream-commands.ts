/** Commands on what is due and on events, of which positions are the store's own. */
import type { EventPage } from "../../../store/index.js";
import fc from "fast-check";
import { expect } from "../expect.js";
import { small, wallet } from "./arbitraries.js";
import { sortedBy } from "../bench.js";
import { commandsOf } from "./commands.js";
import type { World } from "./commands.js";

type Events = EventPage["items"];

const limit = fc.integer({ min: 1, max: 4 });

/** Earliest first within a part; of equally early ones, and of parts, any. */
export const due = commandsOf(
  "due",
  16,
  fc.record({ before: small, parts: fc.constantFrom<readonly number[]>([0, 7], [7, 0], [0], []), limit }),
  async ({ store, model }, { before, parts, limit }) => {
    const found = await store.due({ before, parts, limit });
    const expected = model.due(before, parts);
    expect(found).toHaveLength(Math.min(limit, expected.length));
    expect(new Set(found.map(({ part, id }) => `${part}/${id}`)).size).toBe(found.length);
    for (const part of parts) {
      const instants = (keys: typeof found) =>
        keys.filter((key) => key.part === part).map((key) => model.find(key)?.head.dueAt);
      const own = instants(found);
      expect(own).toEqual(instants(expected).slice(0, own.length));
    }
  },
);

async function readAll({ store }: World, part: number, limit: number): Promise<Events> {
  const items: Events[number][] = [];
  let after = 0;
  for (;;) {
    const page = await store.events({ part, after, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    expect(page.next).toBe(page.items.at(-1)?.position ?? after);
    if (page.items.length === 0) return items;
    // One that does not go on would be read for ever.
    expect(page.next).toBeGreaterThan(after);
    items.push(...page.items);
    after = page.next;
  }
}

/** What was met before comes again at its place, and what is new after it. */
export const events = commandsOf(
  "events",
  17,
  fc.record({ part: fc.constantFrom(0, 7, 9), limit }),
  async (world, { part, limit }) => {
    const met = world.met.get(part) ?? [];
    const items = await readAll(world, part, limit);
    const place = ({ wallet, eventNo }: Events[number]) => `${wallet.id}/${String(eventNo).padStart(4, "0")}`;
    const isThere = new Set(world.model.eventsAfter(part, 0).map((item) => place(item)));
    const again = met.filter((item) => isThere.has(place(item)));
    expect(items.slice(0, again.length)).toEqual(again);
    const positions = items.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
    const last = met.at(-1)?.position ?? 0;
    for (const { position } of items.slice(again.length)) expect(position).toBeGreaterThan(last);
    const rows = (items: Events) => sortedBy(items, place).map((item) => ({ ...item, position: 0 }));
    expect(rows(items)).toEqual(rows(world.model.eventsAfter(part, 0)));
    for (const id of new Set(items.map(({ wallet }) => wallet.id))) {
      const own = items.filter(({ wallet }) => wallet.id === id).map(({ eventNo }) => eventNo);
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
    if (items.length > 0) world.met.set(part, items);
  },
);

/** Prunes in steps until nothing is left to prune. In which order is the store's affair. */
export const prune = commandsOf(
  "prune",
  7,
  fc.record({
    what: fc.constantFrom("events" as const, "receipts" as const, "entries" as const),
    wallet,
    before: small,
    limit,
  }),
  async ({ store, model }, { what, wallet, before, limit }) => {
    const { part } = wallet;
    const named = what === "entries" ? { entriesOf: wallet, upToSeq: 2 * before } : what;
    const prunedOf = {
      events: () => model.pruneEvents(part, before, Infinity, Infinity),
      receipts: () => model.pruneReceipts(part, before, Infinity),
      entries: () => model.pruneEntries(wallet, 2 * before, Infinity),
    };
    const expected = prunedOf[what]();
    let pruned = 0;
    let step = limit;
    while (step === limit) {
      step = await store.prune({ what: named, part, before, limit });
      expect(step).toBeLessThanOrEqual(limit);
      pruned += step;
      expect(pruned).toBeLessThanOrEqual(expected);
    }
    expect(pruned).toBe(expected);
  },
);
