import type { Taken } from "../../store/intake/taken.js";
import type { Statement } from "../sql/statement.js";
import { type NamedColumn, columnsOf } from "../sql/tables/table.js";
import { TABLES } from "../sql/tables/tables.js";
import { type ArrayFormat, INTEGER, TEXT } from "./arrays.js";
import { CHILDREN, conflictClause, replaced, unplacedColumns } from "./commit-children.js";
import { LoneCommitStatement } from "./lone-commit-statement.js";
import type { PostgresTables } from "./names.js";
import { FEW_WALLETS, unseen } from "./planned-once.js";
import { selected } from "./selected.js";

/**
 * The whole commit of several wallets in one statement that waits for no row, under READ COMMITTED:
 * - `held` locks the wallets that nobody holds and reads their newest versions, `seen` the receipts of their keys.
 *   Receipts come only with a next version: where the version is as expected, `seen` is complete.
 * - `ok` writes the heads of those that won, and every other part writes only rows of these.
 * All parts share one snapshot, so nothing else may be read here: rows beside a lock could be older than it.
 *
 * Rows name their change by its number (`n`): a plan that joins them to the changes is far slower.
 */
export class CommitStatement<Parameter> {
  private readonly texts = new Map<string, string>();
  private readonly lone: LoneCommitStatement<Parameter>;

  constructor(
    private readonly tables: PostgresTables,
    private readonly format: ArrayFormat<Parameter>,
  ) {
    this.lone = new LoneCommitStatement(tables, format);
  }

  of(changes: readonly Taken[]): Statement {
    const [first] = changes;
    return first !== undefined && changes.length === 1 ? this.lone.of(first) : this.ofMany(changes);
  }

  private ofMany(changes: readonly Taken[]): Statement {
    const { format } = this;
    const keys = new Rows();
    changes.forEach(({ unused }, index) => keys.add(index, [...new Set(unused)]));
    const heads = changes.map(({ key, head }) => ({ part: key.part, wallet: key.id, ...head }));
    const parameters = [
      format.array(
        INTEGER,
        changes.map(({ expect }) => expect),
      ),
      format.array(INTEGER, keys.numbers),
      format.array(TEXT, keys.rows),
      ...arraysOf(format, columnsOf(TABLES.wallet), heads),
    ];
    const size = changes.length <= FEW_WALLETS ? "few" : "many";
    let shape = "";
    CHILDREN.forEach(({ table, rows }, child) => {
      const children = new Rows();
      changes.forEach((change, index) => children.add(index, rows(change)));
      if (children.rows.length === 0) return;
      shape += String(child);
      parameters.push(
        format.array(INTEGER, children.numbers),
        ...arraysOf(format, unplacedColumns(table), children.rows),
      );
    });
    return { text: this.textOf(shape, size), ...format.bound(parameters), preparedAs: "commit" };
  }

  private textOf(shape: string, size: "few" | "many"): string {
    const name = `${size} ${shape}`;
    const known = this.texts.get(name);
    if (known !== undefined) return known;
    const { given, stored } = this.format;
    const format: Given =
      size === "few" ? { given: (kind, parameter) => unseen(given(kind, parameter)), stored } : this.format;
    const text = commitText(this.tables, shape.split("").map(Number), format);
    this.texts.set(name, text);
    return text;
  }
}

/** Rows of several changes, and which change each belongs to: 1, 2, 3, … */
class Rows {
  readonly numbers: number[] = [];
  readonly rows: unknown[] = [];

  add(index: number, rows: readonly unknown[]): void {
    for (const row of rows) {
      this.numbers.push(index + 1);
      this.rows.push(row);
    }
  }
}

function arraysOf<Parameter>(
  format: ArrayFormat<Parameter>,
  columns: readonly NamedColumn[],
  rows: readonly unknown[],
): readonly Parameter[] {
  const all = rows as readonly Readonly<Record<string, unknown>>[];
  return columns.map(([field, , column]) =>
    format.array(
      column,
      all.map((row) => row[field]),
    ),
  );
}

const FIRST_HEAD_PARAMETER = 4;

type Given = Pick<ArrayFormat<unknown>, "given" | "stored">;

/** Read once each: a cast beside a row would be made for every row. */
function partsAndWallets({ given }: Given): { readonly parts: string; readonly wallets: string } {
  return {
    parts: `(select ${given("part", FIRST_HEAD_PARAMETER)})`,
    wallets: `(select ${given("integer", FIRST_HEAD_PARAMETER + 1)})`,
  };
}

function commitText(tables: PostgresTables, children: readonly number[], format: Given): string {
  const heads = columnsOf(TABLES.wallet);
  const { parts, wallets } = partsAndWallets(format);
  let parameter = FIRST_HEAD_PARAMETER;
  const lists = heads.map(([, , { kind }]) => format.given(kind, parameter++)).join(", ");
  const names = heads.map(([, name]) => name).join(", ");
  const given = heads.map(([, name, { kind }]) => format.stored(kind, `go.${name}`)).join(", ");
  const receipt = columnsOf(TABLES.receipt).map(([, name, { kind }]) => selected(kind, `x.${name}`));
  const writes = children.map((child) => {
    const [text, next] = childText(tables, child, parameter, format);
    parameter = next;
    return text;
  });
  return `with w as materialized (
  select * from unnest(${lists}, ${format.given("integer", 1)}) with ordinality as w (${names}, expect, n)
), seen as materialized (
  select k.n, x.v from unnest(${format.given("integer", 2)}, ${format.given("text", 3)}) as k (n, key) cross join lateral (
    select json_build_array(${receipt.join(", ")}) as v from ${tables.receipt} x
    where x.part = ${parts}[k.n] and x.wallet = ${wallets}[k.n] and x.idempotency_key = k.key limit 1) x
), held as materialized (
  select w.*, l.version as found, coalesce(e.is_there, false) as is_there
  from w left join lateral (
    select x.version from ${tables.wallet} x where x.part = w.part and x.wallet = w.wallet
    for no key update skip locked) l on true
  left join lateral (
    select true as is_there from ${tables.wallet} x where x.part = w.part and x.wallet = w.wallet limit 1) e on true
), go as materialized (
  select * from held where (found = expect or (found is null and expect = 0 and not is_there))
    and n not in (select n from seen)
), ok as (
  insert into ${tables.wallet} as t (${names}) select ${given} from go order by part, wallet
  on conflict (part, wallet) do update set ${replaced(TABLES.wallet)}
  where t.version = excluded.version - 1 returning t.part, t.wallet
), won as materialized (
  select coalesce(array_agg(go.n), '{}') as ns, count(*) = cardinality(${wallets}) as every
  from ok join go on go.part = ok.part and go.wallet = ok.wallet
)${writes.map((write) => `, ${write}`).join("")}
select every::text as every, ns::text as won,
  (select json_agg(n) from held where found is null and is_there)::text as busy,
  (select json_agg(n) from held where found = expect)::text as fit,
  (select json_agg(json_build_array(n, v)) from seen)::text as seen
from won`;
}

/** Only the rows of changes that won. */
function childText(
  tables: PostgresTables,
  child: number,
  first: number,
  format: Given,
): readonly [string, number] {
  const definition = CHILDREN[child];
  if (definition === undefined) throw new Error(`no rows of number ${child} are written`);
  const { table, onConflict } = definition;
  const columns = unplacedColumns(table);
  let parameter = first;
  const { parts, wallets } = partsAndWallets(format);
  const lists = [format.given("integer", parameter++)];
  for (const [, , { kind }] of columns) lists.push(format.given(kind, parameter++));
  const names = columns.map(([, name]) => name);
  const given = columns.map(([, name, { kind }]) => format.stored(kind, `a.${name}`));
  const text = `c${child} as (
  insert into ${tables[table.name]} as t (part, wallet, ${names.join(", ")})
  select ${parts}[a.n], ${wallets}[a.n], ${given.join(", ")}
  from unnest(${lists.join(", ")}) as a (n, ${names.join(", ")})
  where (select every from won) or a.n = any ((select ns from won)::int8[])${conflictClause(table, onConflict)}
)`;
  return [text, parameter];
}
