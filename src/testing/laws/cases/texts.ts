import { expect } from "../expect.js";
import { change, delta, entry, event, grant, head, key, receipt, record } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { all, sortedBy } from "../bench.js";

/** What databases and drivers are known to alter. */
const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ["nothing", ""],
  ["a space", " "],
  ["spaces at both ends", "  k  "],
  ["the ends of lines", "a\nb\r\nc\rd\te"],
  ["control characters", "\u0001\u0008\u001f\u007f\u0085"],
  ["quotes", `'it''s' "so" \`and\``],
  ["backslashes", "\\ \\\\ \\n \\' \\0 \\x00"],
  ["placeholders", "$1 ? :name @p1 %s $$x$$ #{y}"],
  ["wildcards", "100%_*"],
  ["the end of a statement", "'; DROP TABLE wallet; -- /* */"],
  ["emoji", "\u{1f600}\u{1f469}\u200d\u{1f4bb}\u{1f1e9}\u{1f1ea}"],
  ["letters composed and not", "\u00e9 e\u0301 \u212b \u00c5"],
  ["case", "aA\u0130\u0131\u00df\u1e9e"],
  ["from right to left", "\u202eabc\u200f\u05d0"],
  ["a byte order mark", "\ufeffk"],
  ["the last of each plane", "\ud7ff\ue000\ufffd\uffff\u{10000}\u{10ffff}"],
  ["JSON", '{"b":1,"a":[1.0,"\\u00e9",null],"a":2}'],
  ["numbers", "0123"],
  ["a word of SQL", "NULL"],
];

/** What each is called in the title of its case. */
export const TEXT_NAMES: readonly string[] = TEXTS.map(([what]) => what);

/** Law 8 on texts: equal by their UTF-8 bytes or not at all. */
export function texts(cases: Cases, altered: readonly string[] = []): void {
  inEveryField(cases.law(8, "every text comes back equal, and texts compare by bytes"), altered);
  asKeys(cases.law(8, "every text comes back equal, and texts compare by bytes"));
}

function inEveryField(law: Law, altered: readonly string[]): void {
  const texts = TEXTS.filter(([what]) => !altered.includes(what));
  law.holdsForEach(
    texts,
    ([what]) => `a text of ${what}, in every field`,
    async (bench, [, s]) => {
      const fields = {
        head: { customerId: s, currency: s, scope: s, settings: s },
        opened: [grant(s, { source: s, costCurrency: s, detail: s })],
        records: [record(s, s, { data: s })],
        entries: [
          entry(1, 1, {
            type: s,
            grantId: s,
            reservationId: s,
            feature: s,
            costCurrency: s,
            actor: s,
            reason: s,
            detail: s,
          }),
        ],
        receipts: [receipt(s, { operationId: s, kind: s, request: s, result: s, actor: s, reason: s })],
        events: [event(1, { type: s, payload: s })],
        usage: [delta(0, { feature: s, group: s })],
      };
      await bench.commitOne(change(key(), 0, fields));
      const asked = { receipts: [s], grants: [s], records: [{ kind: s, id: s }], operations: ["1-1"] };
      const found = await bench.loadOne({ key: key(), ...asked });
      expect(found.head).toEqual(head(1, fields.head));
      expect([found.grants, found.asked.grants]).toEqual([fields.opened, fields.opened]);
      expect([found.records, found.asked.records]).toEqual([fields.records, fields.records]);
      expect(found.asked.entries).toEqual(fields.entries);
      expect(found.asked.receipts).toEqual(fields.receipts);
      const { items } = await bench.store.events({ part: 0, after: 0, limit: 9 });
      expect(items).toMatchObject(fields.events);
      const [point] = await bench.store.usage({ key: key(), bounds: [0, 1], features: [s] });
      expect([point?.feature, point?.group]).toEqual([s, s]);
      const where = { wallet: key() };
      expect(await all(bench.store, { kind: "grants", where })).toMatchObject(fields.opened);
      expect(await all(bench.store, { kind: "records", where })).toMatchObject(fields.records);
      expect(await all(bench.store, { kind: "entries", where })).toMatchObject(fields.entries);
      expect(await all(bench.store, { kind: "receipts", where })).toMatchObject(fields.receipts);
      const named = await all(bench.store, { kind: "wallets", where: { part: 0 }, customerId: s });
      expect(named).toMatchObject([fields.head]);
    },
  );
}

function asKeys(law: Law): void {
  law.holds("texts that look alike are different keys, in order of their UTF-8 bytes", async (bench) => {
    const alike = [
      "k",
      "K",
      "k ",
      " k",
      "\u00e9",
      "e\u0301",
      "k\u200d",
      "z",
      "\uffff",
      "\u{1f600}",
      "a_",
      "ab",
    ];
    const ordered = sortedBy(alike, (text) => text);
    await bench.commitOne(
      change(key(), 0, {
        opened: alike.map((text) => grant(text)),
        records: alike.flatMap((text) => [record(text, "r"), record("hold", text)]),
        receipts: alike.map((text) => receipt(text)),
      }),
    );
    const where = { wallet: key() };
    const grants = await all(bench.store, { kind: "grants", where }, 5);
    expect(grants.map(({ id }) => id)).toEqual(ordered);
    const holds = await all(bench.store, { kind: "records", where, record: "hold" }, 5);
    expect(holds.map(({ id }) => id)).toEqual(ordered);
    const records = await all(bench.store, { kind: "records", where }, 5);
    const kinds = sortedBy([...alike, ...alike.map(() => "hold")], (kind) => kind);
    expect(records.map(({ kind }) => kind)).toEqual(kinds);
    for (const text of alike) {
      const { asked } = await bench.loadOne({ key: key(), receipts: [text], grants: [text] });
      expect([asked.receipts.map(({ key }) => key), asked.grants.map(({ id }) => id)]).toEqual([
        [text],
        [text],
      ]);
    }
    const { asked } = await bench.loadOne({ key: key(), receipts: ["e", "K ", "\u{1f601}"] });
    expect(asked.receipts).toEqual([]);
  });

  law.holds("a long text, of characters of every length", async (bench) => {
    const long = "a\u00e9\uffff\u{1f600}\\'\"\n".repeat(20_000);
    await bench.commitOne(change(key(), 0, { records: [record("budget", "b", { data: long })] }));
    const { records } = await bench.loadOne({ key: key() });
    expect(records[0]?.data === long).toBe(true);
  });
}
