import { areCurrent, migrate } from "../sql/programs/migrate.js";
import { sqliteTarget } from "../sql/schema/targets.js";
import type { Program } from "../sql/statement.js";

/** Whether the tables are of this library's version; reads only, so that a start need not wait for writers. */
export function areTablesCurrent(): Program<boolean> {
  return areCurrent(sqliteTarget);
}

/** Brings the tables up to date, if they are not. Newer ones are refused. */
export function makeCurrent(): Program<void> {
  return migrate(sqliteTarget);
}
