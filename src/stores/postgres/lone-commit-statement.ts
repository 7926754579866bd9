import type { Taken } from "../../store/intake/taken.js";
import type { Statement } from "../sql/statement.js";
import { type NamedColumn, columnsOf } from "../sql/tables/table.js";
import { TABLES } from "../sql/tables/tables.js";
import { type ArrayFormat, INTEGER, TEXT } from "./arrays.js";
import { CHILDREN, conflictClause, replaced, unplacedColumns } from "./commit-children.js";
import type { PostgresTables } from "./names.js";
import { unseen } from "./planned-once.js";
import { selected } from "./selected.js";

/** Has every list one row, whose values then travel by themselves? Else as arrays: so there are few texts to prepare. */
type HowMany = "one" | "several";

/**
 * The commit of one wallet, which is what a caller alone makes, and what all callers of one busy wallet make together. It
 * does what the statement for several wallets does, by the same rules, and takes the server a third of the time: no rows
 * have to be told apart by the number of their change, and a value by itself is cheaper than an array of one.
 */
export class LoneCommitStatement<Parameter> {
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly tables: PostgresTables,
    private readonly format: ArrayFormat<Parameter>,
  ) {}

  of(change: Taken): Statement {
    const { format } = this;
    const keys = [...new Set(change.unused)];
    const head = { part: change.key.part, wallet: change.key.id, ...change.head };
    const children = CHILDREN.map(({ table, rows }, child) => ({
      child,
      columns: unplacedColumns(table),
      rows: rows(change),
    })).filter(({ rows }) => rows.length > 0);
    const isOne = keys.length === 1 && children.every(({ rows }) => rows.length === 1);
    const parameters = [
      format.one(INTEGER, change.expect),
      isOne ? format.one(TEXT, keys[0]) : format.array(TEXT, keys),
      ...ones(format, columnsOf(TABLES.wallet), [head]),
      ...children.flatMap(({ columns, rows }) => (isOne ? ones : arrays)(format, columns, rows)),
    ];
    const shape = children.map(({ child }) => child);
    const text = this.textOf(isOne ? "one" : "several", shape);
    return { text, ...format.bound(parameters), preparedAs: "commit" };
  }

  private textOf(many: HowMany, shape: readonly number[]): string {
    const name = `${many} ${shape.join("")}`;
    const known = this.texts.get(name);
    if (known !== undefined) return known;
    const text = commitText(this.tables, many, shape, this.format);
    this.texts.set(name, text);
    return text;
  }
}

type Format<Parameter> = Pick<ArrayFormat<Parameter>, "one" | "array">;

type Values = <Parameter>(
  format: Format<Parameter>,
  columns: readonly NamedColumn[],
  rows: readonly object[],
) => readonly (Parameter | null)[];

const ones: Values = (format, columns, [row]) =>
  columns.map(([field, , column]) => format.one(column, fieldOf(row, field)));

const arrays: Values = (format, columns, rows) =>
  columns.map(([field, , column]) =>
    format.array(
      column,
      rows.map((row) => fieldOf(row, field)),
    ),
  );

function fieldOf(row: object | undefined, field: string): unknown {
  return (row as Readonly<Record<string, unknown>> | undefined)?.[field];
}

type Given = Pick<ArrayFormat<unknown>, "given" | "stored" | "givenOne">;

const EXPECT = 1;
const KEYS = 2;
const FIRST_HEAD_PARAMETER = 3;

function commitText(tables: PostgresTables, many: HowMany, shape: readonly number[], format: Given): string {
  const heads = columnsOf(TABLES.wallet);
  const names = heads.map(([, name]) => name).join(", ");
  const given = heads.map(([, , { kind }], index) => format.givenOne(kind, FIRST_HEAD_PARAMETER + index));
  const place = `x.part = ${given[0]} and x.wallet = ${given[1]}`;
  const expect = format.givenOne("integer", EXPECT);
  let parameter = FIRST_HEAD_PARAMETER + heads.length;
  const writes = shape.map((child) => {
    const [text, next] = childText(tables, child, many, parameter, format);
    parameter = next;
    return text;
  });
  return `with seen as materialized (
  ${seenText(tables, many, place, format)}
), held as materialized (
  select x.version as found from ${tables.wallet} x where ${place} for no key update skip locked
), go as materialized (
  select 1 from (select 1) as one left join held on true
  where not exists (select 1 from seen) and (found = ${expect} or (found is null and ${expect} = 0
    and not exists (select 1 from ${tables.wallet} x where ${place})))
), ok as (
  insert into ${tables.wallet} as t (${names}) select ${given.join(", ")} from go
  on conflict (part, wallet) do update set ${replaced(TABLES.wallet)}
  where t.version = excluded.version - 1 returning t.part, t.wallet
)${writes.map((write) => `, ${write}`).join("")}
select (select count(*) = 1 from ok)::text as every, '{}' as won,
  case when not exists (select 1 from held) and exists (select 1 from ${tables.wallet} x where ${place})
    then '[1]' end as busy,
  case when (select found from held) = ${expect} then '[1]' end as fit,
  (select json_agg(json_build_array(1, v)) from seen)::text as seen`;
}

/** One look-up for each key: however many there are, and whatever is known of the table, by its index. */
function seenText({ receipt }: PostgresTables, many: HowMany, place: string, format: Given): string {
  const columns = columnsOf(TABLES.receipt).map(([, name, { kind }]) => selected(kind, `x.${name}`));
  const one = (key: string) =>
    `select json_build_array(${columns.join(", ")}) as v from ${receipt} x where ${place} and x.idempotency_key = ${key} limit 1`;
  if (many === "one") return one(format.givenOne("text", KEYS));
  return `select x.v from unnest(${unseen(format.given("text", KEYS))}) as k (key) cross join lateral (${one("k.key")}) x`;
}

/** Only where the head was written. */
function childText(
  tables: PostgresTables,
  child: number,
  many: HowMany,
  first: number,
  format: Given,
): readonly [string, number] {
  const definition = CHILDREN[child];
  if (definition === undefined) throw new Error(`no rows of number ${child} are written`);
  const { table, onConflict } = definition;
  const columns = unplacedColumns(table);
  const names = columns.map(([, name]) => name).join(", ");
  const kinds = columns.map(([, , { kind }]) => kind);
  const values =
    many === "one"
      ? `${kinds.map((kind, index) => format.givenOne(kind, first + index)).join(", ")} from ok`
      : `${columns.map(([, name, { kind }]) => format.stored(kind, `a.${name}`)).join(", ")} from ok cross join unnest(${kinds
          .map((kind, index) => unseen(format.given(kind, first + index)))
          .join(", ")}) as a (${names})`;
  const text = `c${child} as (
  insert into ${tables[table.name]} as t (part, wallet, ${names}) select ok.part, ok.wallet, ${values}${conflictClause(table, onConflict)}
)`;
  return [text, first + columns.length];
}
