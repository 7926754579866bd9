import type { Read, Snapshot } from "../../store/contract.js";
import { takeKey } from "../../store/intake/take-change.js";
import { walletNumber } from "../sql/columns.js";
import { firstEntryOf } from "../sql/programs/wallet-reads.js";
import type { SqlRow, SqlValue, Statement } from "../sql/statement.js";
import type { Table } from "../sql/tables/table.js";
import { columnsOf } from "../sql/tables/table.js";
import { TABLES } from "../sql/tables/tables.js";
import { arrayLiteral } from "./arrays.js";
import type { PostgresTables } from "./names.js";
import { FEW_WALLETS, unseen } from "./planned-once.js";
import { selected } from "./selected.js";

/**
 * All wallets in one statement, and so in one snapshot of the database. Each row says which read it answers (`n`),
 * what it is (`k`), and holds its columns as a JSON array of texts (`v`).
 */
export class LoadStatement {
  private readonly texts = new Map<string, string>();

  constructor(private readonly tables: PostgresTables) {}

  of(reads: readonly Read[]): Statement {
    const keys = reads.map(({ key }) => takeKey(key));
    const branches = BRANCHES.map((branch) => ({ branch, rows: branch.rows(reads) }));
    const used = branches.filter(({ branch, rows }) => branch.isAlways === true || rows.length > 0);
    const values: SqlValue[] = [
      arrayLiteral(keys.map(({ part }) => String(part))),
      arrayLiteral(keys.map(({ id }) => walletNumber(id))),
      arrayLiteral(reads.map(({ unless }) => String(unless ?? -1))),
    ];
    for (const { branch, rows } of used) {
      branch.columns.forEach((_, column) =>
        values.push(arrayLiteral(rows.map((row) => row[column] ?? null))),
      );
    }
    const isFew = reads.length <= FEW_WALLETS;
    const shape = `${isFew ? "few" : "many"} ${used.map(({ branch }) => branch.kind).join("")}`;
    let text = this.texts.get(shape);
    if (text === undefined) {
      const branches = used.map(({ branch }) => branch);
      text = this.textOf(branches, isFew ? unseen : (array) => array);
      this.texts.set(shape, text);
    }
    return { text, values, preparedAs: "load" };
  }

  private textOf(branches: readonly Branch[], given: (array: string) => string): string {
    let parameter = FIRST_PARAMETER;
    const parts = branches.map((branch) => {
      const list = branch.columns
        .map((column) => given(`$${parameter++}::text::${column.type}[]`))
        .join(", ");
      const names = branch.columns.map(({ name }) => name).join(", ");
      return branch.text(this.tables, `unnest(${list}) as a (${names})`);
    });
    return `with r as materialized (
  select * from unnest(${HEADS.map(given).join(", ")}) with ordinality as r (part, wallet, unless, n)
), h as materialized (
  select r.n, r.unless, w.* from r cross join lateral (
    select * from ${this.tables.wallet} x where x.part = r.part and x.wallet = r.wallet and x.version > 0 offset 0) w
)
${parts.join("\nunion all\n")}`;
  }
}

const HEADS = ["$1::text::int2[]", "$2::text::int8[]", "$3::text::int8[]"];
const FIRST_PARAMETER = 4;

interface Branch {
  /** What its rows are marked with. */
  readonly kind: string;
  readonly isAlways?: true;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** What is asked for, each with the number of its read. */
  readonly rows: (reads: readonly Read[]) => readonly (readonly SqlValue[])[];
  readonly text: (tables: PostgresTables, asked: string) => string;
}

const N = { name: "n", type: "int8" };

function jsonOf<Row>(table: Table<Row>, alias: string): string {
  const list = columnsOf(table).map(([, name, { kind }]) => selected(kind, `${alias}.${name}`));
  return `json_build_array(${list.join(", ")})::text as v`;
}

/** Rows of each wallet that changed, found in the order of an index. */
function ofWallet<Row>(kind: string, table: Table<Row>, where: string, order: string): Branch {
  return {
    kind,
    isAlways: true,
    columns: [],
    rows: () => [],
    text: (
      tables,
    ) => `select h.n::text as n, '${kind}' as k, ${jsonOf(table, "t")} from h cross join lateral (
  select * from ${tables[table.name]} x where x.part = h.part and x.wallet = h.wallet and ${where} order by ${order} offset 0) t
where h.version <> h.unless`,
  };
}

/** Rows that are asked for by name, of wallets that are there. */
function asked<Row>(
  kind: string,
  table: Table<Row>,
  columns: Branch["columns"],
  where: string,
  rows: Branch["rows"],
): Branch {
  return {
    kind,
    columns: [N, ...columns],
    rows,
    text: (tables, list) => `select h.n::text as n, '${kind}' as k, ${jsonOf(table, "t")} from ${list}
join h on h.n = a.n cross join lateral (
  select * from ${tables[table.name]} x where x.part = h.part and x.wallet = h.wallet and ${where} offset 0) t`,
  };
}

function each<Item>(
  reads: readonly Read[],
  items: (read: Read) => Iterable<Item>,
  values: (item: Item) => readonly SqlValue[] | null,
): readonly (readonly SqlValue[])[] {
  return reads.flatMap((read, index) =>
    Array.from(items(read)).flatMap((item) => {
      const row = values(item);
      return row === null ? [] : [[String(index + 1), ...row]];
    }),
  );
}

const KEY = { name: "key", type: "text" };

const BRANCHES: readonly Branch[] = [
  {
    kind: "h",
    isAlways: true,
    columns: [],
    rows: () => [],
    text: () =>
      `select h.n::text as n, case when h.version = h.unless then 'u' else 'h' end as k, ` +
      `${jsonOf(TABLES.wallet, "h")} from h`,
  },
  ofWallet("g", TABLES.grant, "x.open", "x.id"),
  ofWallet("r", TABLES.record, "x.open", "x.kind, x.id"),
  asked("c", TABLES.receipt, [KEY], "x.idempotency_key = a.key", (reads) =>
    each(
      reads,
      ({ receipts }) => new Set(receipts),
      (key) => [key],
    ),
  ),
  asked("G", TABLES.grant, [KEY], "x.id = a.key", (reads) =>
    each(
      reads,
      ({ grants }) => new Set(grants),
      (id) => [id],
    ),
  ),
  asked(
    "R",
    TABLES.record,
    [{ name: "kind", type: "text" }, KEY],
    "x.kind = a.kind and x.id = a.key",
    (reads) => each(reads, distinctRecords, ({ kind, id }) => [kind, id]),
  ),
  asked(
    "e",
    TABLES.entry,
    [{ name: "recorded_at", type: "int8" }, { name: "seq", type: "int8" }, KEY],
    "x.recorded_at = a.recorded_at and x.seq >= a.seq and x.operation_id = a.key order by x.seq",
    (reads) =>
      each(
        reads,
        ({ operations }) => new Set(operations),
        (id) => {
          const first = firstEntryOf(id);
          return first === null ? null : [first.recordedAt, first.seq, id];
        },
      ),
  ),
  asked(
    "l",
    TABLES.grant,
    [{ name: "since", type: "int8" }],
    "x.closed_at >= a.since and x.expired > 0 and not x.open order by x.closed_at, x.id",
    (reads) =>
      each(
        reads,
        ({ lapsedSince }) => (lapsedSince === undefined ? [] : [lapsedSince]),
        (since) => [String(since)],
      ),
  ),
];

function distinctRecords({ records = [] }: Read): Iterable<{ readonly kind: string; readonly id: string }> {
  return new Map(records.map((record) => [JSON.stringify([record.kind, record.id]), record])).values();
}

/** The snapshots that the statement's rows make, in the order of the reads. */
export function snapshotsFrom(reads: readonly Read[], rows: readonly SqlRow[]): readonly Snapshot[] {
  const found = reads.map(() => new Map<string, unknown[]>());
  for (const row of rows) {
    const kind = String(row["k"]);
    const kinds = found[Number(row["n"]) - 1];
    const list = kinds?.get(kind);
    const decoded = decodeJson(tableOf(kind), String(row["v"]));
    if (list === undefined) kinds?.set(kind, [decoded]);
    else list.push(decoded);
  }
  return reads.map((read, index) => snapshotOf(read, found[index] ?? new Map<string, unknown[]>()));
}

function tableOf(kind: string): Table<object> {
  // Every branch of the statement marks its rows with one of these.
  return TABLE_OF[kind as keyof typeof TABLE_OF] as unknown as Table<object>;
}

const TABLE_OF = {
  h: TABLES.wallet,
  u: TABLES.wallet,
  g: TABLES.grant,
  r: TABLES.record,
  c: TABLES.receipt,
  G: TABLES.grant,
  R: TABLES.record,
  e: TABLES.entry,
  l: TABLES.grant,
} as const;

/** Without `part` and `wallet`, its first two columns. */
function decodeJson<Row>(table: Table<Row>, json: string): object {
  const values = JSON.parse(json) as readonly unknown[];
  const fields: Record<string, unknown> = {};
  columnsOf(table).forEach(([field, , column], index) => {
    if (field !== "part" && field !== "wallet") fields[field] = column.decode(values[index]);
  });
  return fields;
}

function snapshotOf(read: Read, found: ReadonlyMap<string, unknown[]>): Snapshot {
  // Rows of a kind were decoded by the table of that kind.
  const rows = <Row>(kind: string) => (found.get(kind) ?? []) as Row[];
  const [head = null] = rows<NonNullable<Snapshot["head"]>>("h");
  const [unchanged] = rows<NonNullable<Snapshot["head"]>>("u");
  return {
    key: takeKey(read.key),
    version: (head ?? unchanged)?.version ?? 0,
    // An absent wallet is of version 0.
    unchanged: unchanged !== undefined || (head === null && read.unless === 0),
    head,
    grants: rows("g"),
    records: rows("r"),
    asked: {
      receipts: rows("c"),
      grants: rows("G"),
      records: rows("R"),
      entries: rows("e"),
      lapsed: rows("l"),
    },
  };
}
