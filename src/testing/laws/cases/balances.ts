import { expect } from "../expect.js";
import { change, entry, key } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { all } from "../bench.js";

/** Law 15 on the ledger: its entries, forwards and backwards. */
export function balances(cases: Cases): void {
  backwards(cases.law(15, "a listing of entries runs both ways"));
  filters(cases.law(15, "a listing of entries runs both ways"));
}

function backwards(law: Law): void {
  law.holds("the balance at a past instant is one entry, read backwards", async (bench) => {
    const entries = [10, 20, 20, 30].map((at, index) =>
      entry(at, index + 1, { balanceAfter: BigInt(index) }),
    );
    await bench.commitOne(change(key(), 0, { entries }));
    const balanceAt = async (at: number) => {
      const query = { kind: "entries", where: { wallet: key() }, order: "desc", limit: 1 } as const;
      return (await bench.store.list({ ...query, to: at + 1 })).items[0]?.balanceAfter;
    };
    expect(await Promise.all([9, 10, 20, 29, 30].map(balanceAt))).toEqual([undefined, 0n, 2n, 2n, 3n]);
  });

  law.holds("backwards over a part, wallet by wallet, of one type and feature", async (bench) => {
    const entries = [
      entry(10, 1),
      entry(20, 2, { type: "grant" }),
      entry(20, 3, { feature: "image" }),
      entry(30, 4),
      entry(40, 5),
    ];
    for (const number of [1, 2, 3]) await bench.commitOne(change(key(number), 0, { entries }));
    const query = {
      kind: "entries",
      where: { part: 0 },
      from: 10,
      to: 40,
      order: "desc",
      types: ["consume"],
      feature: "chat",
      limit: 4,
    } as const;
    const first = await bench.store.list(query);
    const second = await bench.store.list({ ...query, after: first.next ?? "" });
    const places = [first, second].map(({ items }) =>
      items.map(({ wallet, seq }) => [Number(wallet.id), seq]),
    );
    expect(places).toEqual([
      [
        [3, 4],
        [3, 1],
        [2, 4],
        [2, 1],
      ],
      [
        [1, 4],
        [1, 1],
      ],
    ]);
  });

  law.holds("what is written while one reads backwards does not move the pages", async (bench) => {
    const entries = [1, 2, 3, 4].map((seq) => entry(seq, seq));
    await bench.commitOne(change(key(), 0, { entries }));
    const query = { kind: "entries", where: { wallet: key() }, order: "desc", limit: 2 } as const;
    const first = await bench.store.list(query);
    await bench.commitOne(change(key(), 1, { entries: [entry(5, 5)] }));
    const second = await bench.store.list({ ...query, after: first.next ?? "" });
    expect([...first.items, ...second.items].map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
  });
}

function filters(law: Law): void {
  law.holds("types and feature are told apart by their bytes; no types is no entry", async (bench) => {
    const entries = [
      entry(1, 1, { type: "grant" }),
      entry(1, 2, { type: "Grant" }),
      entry(1, 3, { type: "grant " }),
      entry(1, 4, { type: "grant", feature: null }),
      entry(1, 5, { type: "consume", feature: "Chat" }),
    ];
    await bench.commitOne(change(key(), 0, { entries }));
    const numbers = async (query: { types?: readonly string[]; feature?: string }) => {
      const rows = await all(bench.store, { kind: "entries", where: { wallet: key() }, ...query }, 2);
      return rows.map(({ seq }) => seq);
    };
    expect(await numbers({ types: ["grant"] })).toEqual([1, 4]);
    expect(await numbers({ types: ["Grant", "consume"] })).toEqual([2, 5]);
    expect(await numbers({ types: [] })).toEqual([]);
    expect(await numbers({ feature: "chat" })).toEqual([1, 2, 3]);
    expect(await numbers({ types: ["grant"], feature: "chat" })).toEqual([1]);
  });

  law.holds("from an instant on, before an instant, both ways", async (bench) => {
    await bench.commitOne(change(key(), 0, { entries: [1, 2, 3, 4, 5].map((seq) => entry(seq * 10, seq)) }));
    const numbers = async (query: { from?: number; to?: number; order?: "asc" | "desc" }) => {
      const rows = await all(bench.store, { kind: "entries", where: { part: 0 }, ...query }, 2);
      return rows.map(({ seq }) => seq);
    };
    expect(await numbers({ from: 20 })).toEqual([2, 3, 4, 5]);
    expect(await numbers({ to: 20 })).toEqual([1]);
    expect(await numbers({ from: 20, to: 41, order: "desc" })).toEqual([4, 3, 2]);
    expect(await numbers({ from: 20, order: "desc" })).toEqual([5, 4, 3, 2]);
    expect(await numbers({ from: 41, to: 20 })).toEqual([]);
    expect(await numbers({ order: "asc" })).toEqual([1, 2, 3, 4, 5]);
  });
}
