import { expect } from "../expect.js";
import { change, key } from "../rows.js";
import type { Cases } from "../cases.js";
import { sortedBy } from "../bench.js";

/** Law 16: where time has something to do. */
export function dueWallets(cases: Cases): void {
  const dueAt = (number: number, part: number, at: number | null, expect = 0) =>
    change(key(number, part), expect, { head: { dueAt: at } });

  const law = cases.law(16, "a wallet is due while its `dueAt` is at or before the instant");
  law.holds("earliest first within a part, and no longer than that holds", async (bench) => {
    const { store } = bench;
    await bench.commitAll([
      dueAt(1, 0, 30),
      dueAt(2, 0, 10),
      dueAt(3, 0, null),
      dueAt(4, 5, 20),
      dueAt(5, 0, 15),
    ]);
    const found = await store.due({ before: 20, parts: [5, 0], limit: 9 });
    expect(found.filter(({ part }) => part === 0)).toEqual([key(2), key(5)]);
    expect(found.filter(({ part }) => part === 5)).toEqual([key(4, 5)]);
    expect(await store.due({ before: 30, parts: [0], limit: 2 })).toEqual([key(2), key(5)]);
    expect(await store.due({ before: 9, parts: [0, 5], limit: 9 })).toEqual([]);
    expect(await store.due({ before: 99, parts: [1], limit: 9 })).toEqual([]);
    expect(await store.due({ before: 99, parts: [], limit: 9 })).toEqual([]);
    await bench.commitAll([dueAt(2, 0, null, 1), dueAt(1, 0, 5, 1), dueAt(3, 0, 6, 1)]);
    expect(await store.due({ before: 30, parts: [0], limit: 9 })).toEqual([key(1), key(3), key(5)]);
  });

  law.holds("a part that is named twice gives its wallets once", async (bench) => {
    await bench.commitAll([dueAt(1, 0, 1), dueAt(2, 5, 2)]);
    const found = await bench.store.due({ before: 9, parts: [5, 0, 5], limit: 9 });
    expect(sortedBy(found, ({ id }) => id)).toEqual([key(1, 0), key(2, 5)]);
  });

  law.holds("all the parts at once", async (bench) => {
    const parts = Array.from({ length: 256 }, (_, part) => part);
    await bench.commitAll(parts.map((part) => dueAt(part, part, part % 2 === 0 ? part : null)));
    const found = await bench.store.due({ before: 128, parts, limit: 1_000 });
    expect(new Set(found.map(({ part }) => part))).toEqual(
      new Set(parts.filter((part) => part % 2 === 0 && part <= 128)),
    );
    expect(await bench.store.due({ before: 128, parts, limit: 7 })).toHaveLength(7);
  });
}
