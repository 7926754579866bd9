/** A ledger in a database: each tampering stands in a transaction that is rolled back. */
import type { CreditStore } from "coffer/store";
import { columnsOf } from "../../src/stores/sql/tables/table.js";
import { TABLES } from "../../src/stores/sql/tables/tables.js";
import { engineOn } from "../engine/support.js";
import type { Evidence } from "./judge.js";
import { END, type Verdict, verdictOn, writeLedger } from "./ledger.js";
import { COLUMNS, type Column, type Row } from "./rows.js";

type Bound = string | Uint8Array | null;

/** A database as whoever tampers with it reaches it, beside the store. */
export interface Access<Tx> {
  readonly store: CreditStore<Tx>;
  /** Table names as they stand in statements. */
  readonly tables: { readonly entry: string; readonly wallet: string };
  /** `$1` or `?`. */
  readonly placeholder: (place: number) => string;
  readonly rows: (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly run: (text: string, values: readonly Bound[]) => Promise<void>;
  readonly begin: () => Promise<Tx>;
  readonly rollback: () => Promise<void>;
}

const HEAD_COLUMNS: readonly Column[] = columnsOf(TABLES.wallet).map(([field, name, { kind }]) => ({
  field,
  name,
  kind,
}));

export async function evidenceIn<Tx>(access: Access<Tx>): Promise<Evidence> {
  const { tables } = access;
  let now = 0;
  const credits = engineOn(access.store, () => now);
  await writeLedger(credits, (instant) => {
    now = instant;
  });
  now = END;
  const rows = (await access.rows(`select * from ${tables.entry}`)).map(rowOf(COLUMNS));
  const heads = (await access.rows(`select * from ${tables.wallet}`)).map(rowOf(HEAD_COLUMNS));
  const headOf = (customerId: string): Row => {
    const head = heads.find((row) => row["customer_id"] === customerId);
    if (head === undefined) throw new Error(`no wallet of ${customerId}`);
    return head;
  };
  const head = headOf("acme");
  return {
    rows,
    head,
    otherHead: headOf("eve"),
    keepsLooseEntries: true,
    verdictWith: async (tamper) => {
      const tx = await access.begin();
      try {
        const refused = await refusal(async () => {
          if (tamper.rows !== undefined) await replaceEntries(access, tamper.rows);
          if (tamper.head !== undefined) await replaceHead(access, head, tamper.head);
        });
        return refused ?? (await verdictOn(credits.withTransaction(tx)));
      } finally {
        await access.rollback();
      }
    },
  };
}

/** What a database says of rows that its columns do not take. */
async function refusal(act: () => Promise<void>): Promise<Verdict | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return { kind: "refused", message: String(error) };
  }
}

function rowOf(columns: readonly Column[]): (stored: Readonly<Record<string, unknown>>) => Row {
  return (stored) => Object.fromEntries(columns.map(({ name }) => [name, textOf(stored[name])]));
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint" || typeof value === "number") return value.toString();
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  throw new Error(`no value of a column: ${typeof value}`);
}

function bound(value: string | null, { kind }: Column): Bound {
  return value !== null && kind === "bytes" ? Buffer.from(value, "hex") : value;
}

async function replaceEntries<Tx>(access: Access<Tx>, rows: readonly Row[]): Promise<void> {
  await access.run(`delete from ${access.tables.entry}`, []);
  if (rows.length > 0) await insert(access, access.tables.entry, COLUMNS, rows);
}

async function replaceHead<Tx>(access: Access<Tx>, head: Row, changed: Row | null): Promise<void> {
  const { wallet } = access.tables;
  await access.run(`delete from ${wallet} where wallet = ${access.placeholder(1)}`, [head["wallet"] ?? null]);
  if (changed !== null) await insert(access, wallet, HEAD_COLUMNS, [changed]);
}

async function insert<Tx>(
  access: Access<Tx>,
  table: string,
  columns: readonly Column[],
  rows: readonly Row[],
): Promise<void> {
  let places = 0;
  const tuples = rows.map(() => `(${columns.map(() => access.placeholder(++places)).join(", ")})`);
  const names = columns.map(({ name }) => name).join(", ");
  const values = rows.flatMap((row) => columns.map((column) => bound(row[column.name] ?? null, column)));
  await access.run(`insert into ${table} (${names}) values ${tuples.join(", ")}`, values);
}
