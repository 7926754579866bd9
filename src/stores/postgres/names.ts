import { quote } from "../sql/schema/ddl.js";
import type { TableName } from "../sql/tables/table.js";
import { TABLES } from "../sql/tables/tables.js";

/** The tables' names as they stand in statements: `"coffer"."wallet"`. */
export type PostgresTables = Readonly<Record<TableName, string>>;

export function tablesIn(schema: string): PostgresTables {
  const names = Object.keys(TABLES) as TableName[];
  return Object.fromEntries(
    names.map((name) => [name, `${quote("postgres", schema)}.${quote("postgres", name)}`]),
  ) as PostgresTables;
}
