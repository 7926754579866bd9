/** What may become of values on their way: law 8. */
import type { Change, CreditStore, ListQuery, Snapshot } from "coffer/store";
import { loading } from "./reading.js";
import type { Defect } from "./shared-memory.js";

/** Every text and number in a row, and in the rows in it. */
function mapped<Value>(value: Value, alter: (leaf: unknown) => unknown): Value {
  if (Array.isArray(value)) return value.map((item: unknown) => mapped(item, alter)) as Value;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array)
    return alter(value) as Value;
  const fields = Object.entries(value).map(([name, field]) => [name, mapped<unknown>(field, alter)]);
  return Object.fromEntries(fields) as Value;
}

const writing = (alter: (leaf: unknown) => unknown) => (store: CreditStore) => ({
  commit: (changes: readonly Change[]) =>
    store.commit(changes.map(({ key, ...rows }) => ({ ...mapped(rows, alter), key }))),
});

const text = (alter: (text: string) => string) =>
  writing((leaf) => (typeof leaf === "string" ? alter(leaf) : leaf));

function reserialised(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return json;
  }
}

/** Grants in an order of its own. */
const ordering = (order: (a: string, b: string) => number) => (store: CreditStore) => ({
  list: (async (query: ListQuery, options?: object) => {
    if (query.kind !== "grants") return await store.list(query, options);
    const { items } = await store.list({ ...query, after: undefined as never, limit: 5_000 }, options);
    const sorted = items.toSorted((a, b) => order(a.id, b.id));
    const start = query.after === undefined ? 0 : Number(query.after);
    const end = start + query.limit;
    return { items: sorted.slice(start, end), next: end < sorted.length ? String(end) : null };
  }) as CreditStore["list"],
});

/** Finds receipts by more names than were asked for. */
const alike = (others: (name: string) => readonly string[]) => (store: CreditStore) => ({
  load: async (...[reads, options]: Parameters<CreditStore["load"]>): Promise<readonly Snapshot[]> => {
    const more = reads.map((read) => ({
      ...read,
      receipts: (read.receipts ?? []).flatMap((name) => [name, ...others(name)]),
    }));
    return await store.load(more, options);
  },
});

export const defects: readonly Defect[] = [
  {
    law: 8,
    name: "64 bits go through a double",
    breaks: writing((leaf) => (typeof leaf === "bigint" ? clamped(BigInt(Number(leaf))) : leaf)),
  },
  {
    law: 8,
    name: "instants have 32 bits",
    breaks: writing((leaf) => (typeof leaf === "number" && Math.abs(leaf) > 2 ** 31 ? leaf | 0 : leaf)),
  },
  { law: 8, name: "JSON is parsed and printed again", breaks: text(reserialised) },
  { law: 8, name: "Unicode is normalised", breaks: text((value) => value.normalize("NFC")) },
  { law: 8, name: "an empty text is nothing", breaks: loading(emptied) },
  {
    law: 8,
    name: "keys are padded: the spaces at their ends do not count",
    breaks: alike((name) => [name.trimEnd()]),
  },
  {
    law: 8,
    name: "keys are folded: capitals do not count",
    breaks: alike((name) => [name.toLowerCase(), name.toUpperCase()]),
  },
  { law: 8, name: "keys are in order of UTF-16", breaks: ordering((a, b) => (a < b ? -1 : 1)) },
  { law: 8, name: "keys are in order of a locale", breaks: ordering((a, b) => a.localeCompare(b, "de")) },
];

function clamped(value: bigint): bigint {
  const largest = 2n ** 63n - 1n;
  return value > largest ? largest : value < -largest ? -largest : value;
}

function emptied(snapshot: Snapshot): Snapshot {
  const receipts = snapshot.asked.receipts.map((row) => ({
    ...row,
    actor: row.actor === "" ? null : row.actor,
  }));
  const grants = snapshot.grants.map((row) => ({
    ...row,
    costCurrency: row.costCurrency === "" ? null : row.costCurrency,
  }));
  return { ...snapshot, grants, asked: { ...snapshot.asked, receipts } };
}
