import { expect } from "../expect.js";
import { change, entry, grant, key, receipt, record } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { all } from "../bench.js";

/** Law 15: listings, page by page. */
export function pages(cases: Cases): void {
  betweenPages(cases.law(15, "a listing returns every row that existed when it began, once, in key order"));
  order(cases.law(15, "a listing returns every row that existed when it began, once, in key order"));
  filters(cases.law(15, "a listing returns every row that existed when it began, once, in key order"));
}

function betweenPages(law: Law): void {
  law.holds("whatever is written between its pages", async (bench) => {
    const { store } = bench;
    const opened = ["b", "d", "f", "h"].map((id) => grant(id));
    await bench.commitOne(change(key(), 0, { opened }));
    const query = { kind: "grants", where: { wallet: key() }, limit: 2 } as const;
    const first = await store.list(query);
    await bench.commitOne(change(key(), 1, { opened: ["a", "c", "e", "g"].map((id) => grant(id)) }));
    const second = await store.list({ ...query, after: first.next ?? "" });
    const third = await store.list({ ...query, after: second.next ?? "" });
    const ids = [first, second, third].map(({ items }) => items.map(({ id }) => id));
    // Of what came meanwhile a page shows what stands after its beginning.
    expect(ids).toEqual([
      ["b", "d"],
      ["e", "f"],
      ["g", "h"],
    ]);
  });

  law.holds("the position survives the row: its page's last is pruned", async (bench) => {
    const receipts = ["a", "b", "c"].map((name) => receipt(name, { recordedAt: 1 }));
    await bench.commitOne(change(key(), 0, { receipts: [...receipts, receipt("0", { recordedAt: 2 })] }));
    const query = { kind: "receipts", where: { part: 0 }, limit: 2 } as const;
    const first = await bench.store.list(query);
    await bench.store.prune({ what: "receipts", part: 0, before: 2, limit: 9 });
    const second = await bench.store.list({ ...query, after: first.next ?? "" });
    expect(first.items.map(({ key }) => key)).toEqual(["a", "b"]);
    expect(second.items.map(({ key }) => key)).toEqual(["0"]);
  });

  law.holds("a page that is just full, or has no row, is the last", async (bench) => {
    await bench.commitOne(change(key(), 0, { opened: [grant("a"), grant("b")] }));
    const query = { kind: "grants", where: { part: 0 } } as const;
    expect((await all(bench.store, query, 1)).map(({ id }) => id)).toEqual(["a", "b"]);
    expect((await all(bench.store, query, 2)).map(({ id }) => id)).toEqual(["a", "b"]);
    expect((await bench.store.list({ ...query, limit: 3 })).next).toBeNull();
    const none = await bench.store.list({ kind: "grants", where: { part: 1 }, limit: 1 });
    expect(none).toEqual({ items: [], next: null });
  });
}

function order(law: Law): void {
  law.holds("a part wallet by wallet, every kind of row, in pages of every size", async (bench) => {
    const rows = {
      opened: [grant("b"), grant("a", { open: false, closedAt: 1 })],
      records: [record("k", "2"), record("k", "1", { open: false }), record("j", "3")],
      entries: [entry(20, 3), entry(10, 1), entry(10, 2)],
      receipts: [receipt("y", { recordedAt: 1 }), receipt("x", { recordedAt: 2 })],
    };
    const numbers = [0x7fff_ffff_ffff, 10, 9, 255];
    await bench.commitAll([...numbers.map((n) => change(key(n, 7), 0, rows)), change(key(1, 8), 0, rows)]);
    const expected = {
      wallets: [""],
      grants: ["a", "b"],
      records: ["j3", "k1", "k2"],
      entries: ["10-1", "10-2", "20-3"],
      receipts: ["y", "x"],
    };
    for (const limit of [1, 2, 3, 5, 100]) {
      const where = { part: 7 };
      const found = {
        wallets: (await all(bench.store, { kind: "wallets", where }, limit)).map(({ wallet }) => [
          wallet,
          "",
        ]),
        grants: (await all(bench.store, { kind: "grants", where }, limit)).map((row) => [row.wallet, row.id]),
        records: (await all(bench.store, { kind: "records", where }, limit)).map((row) => [
          row.wallet,
          row.kind + row.id,
        ]),
        entries: (await all(bench.store, { kind: "entries", where }, limit)).map((row) => [
          row.wallet,
          row.operationId,
        ]),
        receipts: (await all(bench.store, { kind: "receipts", where }, limit)).map((row) => [
          row.wallet,
          row.key,
        ]),
      };
      const inOrder = numbers.toSorted((a, b) => a - b).map((n) => key(n, 7));
      for (const kind of ["wallets", "grants", "records", "entries", "receipts"] as const)
        expect(found[kind]).toEqual(inOrder.flatMap((key) => expected[kind].map((name) => [key, name])));
    }
  });

  law.holds("records in order of (kind, id), or of one kind", async (bench) => {
    const records = [record("b", "2"), record("a", "9"), record("b", "1"), record("c", "0")];
    await bench.commitOne(change(key(), 0, { records }));
    const names = async (query: { record?: string }) => {
      const rows = await all(bench.store, { kind: "records", where: { wallet: key() }, ...query }, 1);
      return rows.map(({ kind, id }) => kind + id);
    };
    expect(await names({})).toEqual(["a9", "b1", "b2", "c0"]);
    expect(await names({ record: "b" })).toEqual(["b1", "b2"]);
    expect(await names({ record: "d" })).toEqual([]);
  });

  law.holds("receipts in order of their instants, and of their numbers within one", async (bench) => {
    const at = (name: string, recordedAt: number, receiptNo: number) =>
      receipt(name, { recordedAt, receiptNo });
    const receipts = [at("d", 2, 1), at("b", 1, 10), at("a", 1, 9), at("c", 1, 100), at("e", 30, 2)];
    await bench.commitOne(change(key(), 0, { receipts }));
    const names = async (range: { from?: number; to?: number }) => {
      const rows = await all(bench.store, { kind: "receipts", where: { wallet: key() }, ...range }, 2);
      return rows.map(({ key }) => key).join("");
    };
    expect(await names({})).toBe("abcde");
    expect(await names({ from: 2 })).toBe("de");
    expect(await names({ to: 2 })).toBe("abc");
    expect(await names({ from: 2, to: 30 })).toBe("d");
    expect(await names({ from: 3, to: 30 })).toBe("");
  });
}

function filters(law: Law): void {
  law.holds("grants that are open, or closed, or both", async (bench) => {
    const closed = { open: false, closedAt: 1 };
    const opened = [grant("a"), grant("b", closed), grant("c"), grant("d", closed)];
    await bench.commitOne(change(key(), 0, { opened }));
    const ids = async (query: { open?: boolean }) => {
      const rows = await all(bench.store, { kind: "grants", where: { part: 0 }, ...query }, 1);
      return rows.map(({ id }) => id).join("");
    };
    expect([await ids({}), await ids({ open: true }), await ids({ open: false })]).toEqual([
      "abcd",
      "ac",
      "bd",
    ]);
  });

  law.holds("a customer's wallets, under the name that they have now", async (bench) => {
    const named = (number: number, expect: number, customerId: string) =>
      change(key(number), expect, { head: { customerId } });
    await bench.commitAll([named(1, 0, "acme"), named(2, 0, "bolt"), named(3, 0, "acme")]);
    await bench.commitAll([named(1, 1, "bolt"), named(3, 1, "acme")]);
    const wallets = async (customerId: string) => {
      const rows = await all(bench.store, { kind: "wallets", where: { part: 0 }, customerId }, 1);
      return rows.map(({ wallet }) => Number(wallet.id));
    };
    expect(await wallets("acme")).toEqual([3]);
    expect(await wallets("bolt")).toEqual([1, 2]);
    expect(await wallets("Acme")).toEqual([]);
    expect(await wallets("acme ")).toEqual([]);
  });
}
