/** Whatever is changed in a dump of the memory store: the first wrong entry is named, or the head. */
import { memoryStore } from "coffer/memory";
import { StoreError } from "coffer/store";
import { expect, test } from "vitest";
import { engineOn } from "../engine/support.js";
import { type Evidence, judge, usualThoroughness } from "./judge.js";
import { END, verdictOn, writeLedger } from "./ledger.js";
import { COLUMNS, type Row } from "./rows.js";

type Fields = Record<string, unknown>;
interface DumpedWallet {
  readonly id: string;
  readonly head: Fields;
  entries: Fields[];
}
interface Dumped {
  readonly parts: { readonly part: number; readonly wallets: DumpedWallet[] }[];
}

type Dumpable = string | number | null | { readonly $bigint: string } | { readonly $bytes: string };

function valueText(value: Dumpable): string | null {
  if (typeof value !== "object" || value === null) return value === null ? null : String(value);
  return "$bigint" in value ? value.$bigint : value.$bytes;
}

/** As the dump has it: which numbers are bigints shows the value that stood there, or the kind of field. */
function valueOf(text: string | null, field: string, kind: string): unknown {
  if (text === null) return null;
  if (kind === "bytes") return { $bytes: text };
  if (kind !== "integer") return text;
  return ["amount", "balanceAfter", "cost", "balance"].includes(field) ? { $bigint: text } : Number(text);
}

const ENTRY_COLUMNS = COLUMNS.filter(({ field }) => field !== "part" && field !== "wallet");
const HEAD_COLUMNS = [
  { name: "seq", field: "seq", kind: "integer" },
  { name: "balance", field: "balance", kind: "integer" },
  { name: "ledger_hash", field: "ledgerHash", kind: "bytes" },
] as const;
type Columns = readonly { readonly name: string; readonly field: string; readonly kind: string }[];

function rowFrom(columns: Columns, fields: Fields, place: Row): Row {
  return {
    ...place,
    ...Object.fromEntries(columns.map(({ name, field }) => [name, valueText(fields[field] as Dumpable)])),
  };
}

function fieldsFrom(columns: Columns, row: Row): Fields {
  return Object.fromEntries(
    columns.map(({ name, field, kind }) => [field, valueOf(row[name] ?? null, field, kind)]),
  );
}

function placeOf(part: number, id: string): Row {
  return { part: String(part), wallet: BigInt(`0x${id}`).toString() };
}

async function evidence(): Promise<Evidence> {
  const store = memoryStore();
  let now = 0;
  await writeLedger(
    engineOn(store, () => now),
    (instant) => {
      now = instant;
    },
  );
  const dump = store.dump();
  const parsed = () => JSON.parse(dump) as Dumped;
  const wallets = parsed().parts.flatMap(({ part, wallets }) =>
    wallets.map((wallet) => ({ ...wallet, place: placeOf(part, wallet.id) })),
  );
  const headOf = (customerId: string): Row => {
    const wallet = wallets.find(({ head }) => head["customerId"] === customerId);
    if (wallet === undefined) throw new Error(`no wallet of ${customerId}`);
    return rowFrom(HEAD_COLUMNS, wallet.head, wallet.place);
  };
  const rows = wallets.flatMap(({ entries, place }) =>
    entries.map((entry) => rowFrom(ENTRY_COLUMNS, entry, place)),
  );
  const head = headOf("acme");
  return {
    rows,
    head,
    otherHead: headOf("eve"),
    keepsLooseEntries: false,
    verdictWith: async ({ rows: changed = rows, head: changedHead = head }) => {
      const dumped = parsed();
      for (const { part, wallets } of dumped.parts)
        for (const wallet of wallets) {
          const { wallet: number } = placeOf(part, wallet.id);
          wallet.entries = changed
            .filter((row) => row["wallet"] === number && Number(row["part"]) === part)
            .map((row) => fieldsFrom(ENTRY_COLUMNS, row));
          if (number === head["wallet"] && changedHead !== null)
            Object.assign(wallet.head, fieldsFrom(HEAD_COLUMNS, changedHead));
        }
      try {
        const restored = memoryStore({ restore: JSON.stringify(dumped) });
        return await verdictOn(engineOn(restored, () => END));
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        return { kind: "refused", message: error.message };
      }
    },
  };
}

/** Some thousand looks at a ledger, on a machine that may be busy. */
const PATIENCE_MS = 600_000;

test(
  "every change of a dumped ledger is found",
  async () => {
    const judgement = await judge(await evidence(), usualThoroughness("one place"));
    expect(judgement.unnoticed).toEqual([]);
    expect(judgement.named).toBeGreaterThan(250);
  },
  PATIENCE_MS,
);
