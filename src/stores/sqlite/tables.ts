import { migrate } from "../sql/programs/migrate.js";
import { query } from "../sql/programs/context.js";
import { SCHEMA_VERSION } from "../sql/schema/migrations.js";
import { sqliteTarget } from "../sql/schema/targets.js";
import type { Program } from "../sql/statement.js";

const FIND = "select 1 as found from sqlite_master where type = 'table' and name = 'coffer_migration'";
const VERSION = `select cast(coalesce(max(version), 0) as text) as version from ${sqliteTarget.tableId("migration")}`;

/** Whether the tables are of this library's version; reads only, so that a start need not wait for writers. */
export function* areCurrent(): Program<boolean> {
  const found = yield* query({ text: FIND, values: [] });
  if (found.length === 0) return false;
  const [row] = yield* query({ text: VERSION, values: [] });
  return Number(row?.["version"]) === SCHEMA_VERSION;
}

/** Brings the tables up to date, if they are not. Newer ones are refused. */
export function* makeCurrent(): Program<void> {
  if (!(yield* areCurrent())) yield* migrate(sqliteTarget);
}
