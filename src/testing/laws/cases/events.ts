import type { EventPage } from "../../../store/index.js";
import { expect } from "../expect.js";
import { change, event, key } from "../rows.js";
import type { Bench } from "../bench.js";
import type { Cases } from "../cases.js";

/** Law 17: positions. Their numbers are the store's; that they only grow is the law. */
export function eventStreams(cases: Cases): void {
  const read = async ({ store }: Bench, part: number, after = 0, limit = 100): Promise<EventPage> =>
    await store.events({ part, after, limit });

  const law = cases.law(17, "the positions of a part's events are append-only");
  law.holds("in order of eventNo within a wallet, each once, and never again", async (bench) => {
    await bench.commitOne(change(key(1), 0, { events: [event(2), event(1)] }));
    const first = await read(bench, 0, 0, 1);
    expect(first).toMatchObject({ items: [{ eventNo: 1, wallet: key(1) }] });
    expect(first.next).toBe(first.items[0]?.position);
    await bench.commitOne(change(key(2), 0, { events: [event(1)] }));
    const rest = await read(bench, 0, first.next);
    expect(rest.items.map(({ wallet, eventNo }) => [Number(wallet.id), eventNo])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(await read(bench, 0, rest.next)).toEqual({ items: [], next: rest.next });
    expect((await read(bench, 0)).items).toEqual([...first.items, ...rest.items]);
  });

  law.holds("an event comes as it was written", async (bench) => {
    const written = event(1, { type: "credits.low", at: -5, payload: '{"balance":"0.10"}' });
    await bench.commitOne(change(key(3, 200), 0, { events: [written] }));
    const { items } = await read(bench, 200);
    expect(items).toEqual([{ ...written, wallet: key(3, 200), position: items[0]?.position }]);
  });

  law.holds("a part that has none is at its beginning", async (bench) => {
    await bench.commitOne(change(key(), 0, { events: [event(1)] }));
    expect(await read(bench, 1)).toEqual({ items: [], next: 0 });
  });

  law.holds("positions go on after all was pruned", async (bench) => {
    await bench.commitOne(change(key(), 0, { events: [event(1, { at: 1 }), event(2, { at: 1 })] }));
    const { next } = await read(bench, 0);
    await bench.store.prune({ what: "events", part: 0, before: 2, limit: 9 });
    expect((await read(bench, 0)).items).toEqual([]);
    await bench.commitOne(change(key(2), 0, { events: [event(1)] }));
    const { items } = await read(bench, 0, next);
    expect(items).toMatchObject([{ wallet: key(2), eventNo: 1 }]);
    expect((await read(bench, 0)).items).toEqual(items);
  });

  law.holds("page by page as in one", async (bench) => {
    for (const version of [0, 1, 2])
      await bench.commitAll(
        [1, 2, 3].map((wallet) =>
          change(key(wallet), version, { events: [event(2 * version + 2), event(2 * version + 1)] }),
        ),
      );
    const paged: EventPage["items"][number][] = [];
    for (
      let page = await read(bench, 0, 0, 4);
      page.items.length > 0;
      page = await read(bench, 0, page.next, 4)
    )
      paged.push(...page.items);
    expect(paged).toEqual((await read(bench, 0)).items);
    const positions = paged.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
    for (const wallet of [1, 2, 3]) {
      const own = paged.filter((item) => item.wallet.id === key(wallet).id);
      expect(own.map(({ eventNo }) => eventNo)).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });
}
