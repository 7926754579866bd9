import { encodeColumns, encodeRow } from "../sql/rows.js";
import { summed } from "../../store/intake/sums.js";
import type { Taken } from "../../store/intake/taken.js";
import { place } from "../sql/programs/write.js";
import type { SqlValue, Statement } from "../sql/statement.js";
import { type NamedColumn, type Table, columnName, columnsOf } from "../sql/tables/table.js";
import { TABLES } from "../sql/tables/tables.js";
import { arrayLiteral, columnArrays } from "./arrays.js";
import type { PostgresTables } from "./names.js";
import { arrayType, selected, stored } from "./selected.js";

type OnConflict = "replace" | "add" | null;

/** What is written beside the heads, in order: which rows of a change go into which table. */
const CHILDREN: readonly {
  readonly table: Table<never>;
  readonly onConflict: OnConflict;
  readonly rows: (change: Taken) => readonly object[];
}[] = [
  { table: TABLES.grant as Table<never>, onConflict: null, rows: ({ opened }) => opened },
  { table: TABLES.grant as Table<never>, onConflict: "replace", rows: ({ moved }) => moved },
  { table: TABLES.record as Table<never>, onConflict: "replace", rows: ({ records }) => records },
  { table: TABLES.entry as Table<never>, onConflict: null, rows: ({ entries }) => entries },
  { table: TABLES.receipt as Table<never>, onConflict: null, rows: ({ receipts }) => receipts },
  { table: TABLES.outbox as Table<never>, onConflict: null, rows: ({ events }) => events },
  { table: TABLES.usage as Table<never>, onConflict: "add", rows: ({ usage }) => summed(usage) },
];

/**
 * The whole commit in one statement that waits for no row, under READ COMMITTED:
 * - `held` locks the wallets that nobody holds and reads their newest versions, `seen` the receipts of their keys.
 *   Receipts come only with a next version: where the version is as expected, `seen` is complete.
 * - `ok` writes the heads of those that won, and every other part writes only rows of these.
 * All parts share one snapshot, so nothing else may be read here: rows beside a lock could be older than it.
 *
 * Rows name their change by its number (`n`): a plan that joins them to the changes is far slower.
 */
export class CommitStatement {
  private readonly texts = new Map<string, string>();

  constructor(private readonly tables: PostgresTables) {}

  of(changes: readonly Taken[]): Statement {
    const heads = place(changes, ({ head }) => [head]).map((row) => encodeRow(TABLES.wallet, row));
    const keys = changes.flatMap(({ unused }, index) =>
      Array.from(new Set(unused), (key): [string, string] => [String(index + 1), key]),
    );
    const values: SqlValue[] = [
      arrayLiteral(changes.map(({ expect }) => String(expect))),
      ...columnArrays(keys, 2),
      ...columnArrays(heads, columnsOf(TABLES.wallet).length),
    ];
    let shape = "";
    CHILDREN.forEach(({ table, rows }, child) => {
      const children = changes.flatMap((change, index) =>
        rows(change).map((row) => [String(index + 1), ...encodeColumns(unplacedColumns(table), row)]),
      );
      if (children.length === 0) return;
      shape += String(child);
      values.push(...columnArrays(children, unplacedColumns(table).length + 1));
    });
    let text = this.texts.get(shape);
    if (text === undefined) {
      text = commitText(this.tables, shape.split("").map(Number));
      this.texts.set(shape, text);
    }
    return { text, values, preparedAs: "commit" };
  }
}

const EXPECT = "$1::text::int8[]";
const KEYS = "$2::text::int8[], $3::text::text[]";
const FIRST_HEAD_PARAMETER = 4;
/** Read once each: a cast beside a row would be made for every row. */
const PARTS = `(select $${FIRST_HEAD_PARAMETER}::text::int2[])`;
const WALLETS = `(select $${FIRST_HEAD_PARAMETER + 1}::text::int8[])`;

function commitText(tables: PostgresTables, children: readonly number[]): string {
  const heads = columnsOf(TABLES.wallet);
  let parameter = FIRST_HEAD_PARAMETER;
  const lists = heads.map(([, , { kind }]) => `$${parameter++}::text::${arrayType(kind)}[]`).join(", ");
  const names = heads.map(([, name]) => name).join(", ");
  const given = heads.map(([, name, { kind }]) => stored(kind, `go.${name}`)).join(", ");
  const receipt = columnsOf(TABLES.receipt).map(([, name, { kind }]) => selected(kind, `x.${name}`));
  const writes = children.map((child) => {
    const [text, next] = childText(tables, child, parameter);
    parameter = next;
    return text;
  });
  return `with w as materialized (
  select * from unnest(${lists}, ${EXPECT}) with ordinality as w (${names}, expect, n)
), seen as materialized (
  select k.n, x.v from unnest(${KEYS}) as k (n, key) cross join lateral (
    select json_build_array(${receipt.join(", ")}) as v from ${tables.receipt} x
    where x.part = ${PARTS}[k.n] and x.wallet = ${WALLETS}[k.n] and x.idempotency_key = k.key limit 1) x
), held as materialized (
  select w.*, l.version as found, exists (
    select from ${tables.wallet} x where x.part = w.part and x.wallet = w.wallet) as is_there
  from w left join lateral (
    select x.version from ${tables.wallet} x where x.part = w.part and x.wallet = w.wallet
    for no key update skip locked) l on true
), go as materialized (
  select * from held where (found = expect or (found is null and expect = 0 and not is_there))
    and n not in (select n from seen)
), ok as (
  insert into ${tables.wallet} as t (${names}) select ${given} from go order by part, wallet
  on conflict (part, wallet) do update set ${replaced(TABLES.wallet)}
  where t.version = excluded.version - 1 returning t.part, t.wallet
), won as materialized (
  select coalesce(array_agg(go.n), '{}') as ns, count(*) = cardinality(${WALLETS}) as every
  from ok join go on go.part = ok.part and go.wallet = ok.wallet
)${writes.map((write) => `, ${write}`).join("")}
select every::text as every, ns::text as won,
  (select json_agg(n) from held where found is null and is_there)::text as busy,
  (select json_agg(n) from held where found = expect)::text as fit,
  (select json_agg(json_build_array(n, v)) from seen)::text as seen
from won`;
}

/** Only the rows of changes that won. */
function childText(tables: PostgresTables, child: number, first: number): readonly [string, number] {
  const definition = CHILDREN[child];
  if (definition === undefined) throw new Error(`no rows of number ${child} are written`);
  const { table, onConflict } = definition;
  const columns = unplacedColumns(table);
  let parameter = first;
  const lists = [`$${parameter++}::text::int8[]`];
  for (const [, , { kind }] of columns) lists.push(`$${parameter++}::text::${arrayType(kind)}[]`);
  const names = columns.map(([, name]) => name);
  const given = columns.map(([, name, { kind }]) => stored(kind, `a.${name}`));
  const text = `c${child} as (
  insert into ${tables[table.name]} as t (part, wallet, ${names.join(", ")})
  select ${PARTS}[a.n], ${WALLETS}[a.n], ${given.join(", ")}
  from unnest(${lists.join(", ")}) as a (n, ${names.join(", ")})
  where (select every from won) or a.n = any ((select ns from won)::int8[])${conflictClause(table, onConflict)}
)`;
  return [text, parameter];
}

function conflictClause(table: Table<never>, onConflict: OnConflict): string {
  if (onConflict === null) return "";
  const key = table.key.map((field) => columnName(field, table.columns[field])).join(", ");
  return `\n  on conflict (${key}) do update set ${onConflict === "replace" ? replaced(table) : added(table)}`;
}

function replaced<Row>(table: Table<Row>): string {
  return others(table)
    .map((name) => `${name} = excluded.${name}`)
    .join(", ");
}

function added<Row>(table: Table<Row>): string {
  return others(table)
    .map((name) => `${name} = t.${name} + excluded.${name}`)
    .join(", ");
}

function others<Row>(table: Table<Row>): readonly string[] {
  const keys = new Set<string>(table.key);
  return columnsOf(table)
    .filter(([field]) => !keys.has(field))
    .map(([, name]) => name);
}

function unplacedColumns<Row>(table: Table<Row>): readonly NamedColumn[] {
  return columnsOf(table).filter(([field]) => field !== "part" && field !== "wallet");
}
