import type { StoreLimits } from "../../../store/contract.js";
import { BytePool } from "../../../store/intake/byte-pool.js";
import type { SqlDialect } from "../dialects/dialect.js";
import type { Program, SqlRow, Statement } from "../statement.js";
import { Templates } from "../templates.js";

/** What the programs of one store stand on. */
export interface Context {
  readonly dialect: SqlDialect;
  readonly templates: Templates;
  readonly limits: StoreLimits;
  readonly pool: BytePool;
}

export function contextOf(dialect: SqlDialect, limits: StoreLimits): Context {
  return { dialect, limits, templates: new Templates(), pool: new BytePool() };
}

/** One statement of a program. */
export function* query(statement: Statement): Program<readonly SqlRow[]> {
  return yield statement;
}

/** A statement that was compiled for this call alone. */
export function* queryOnce(build: {
  compile(): { readonly sql: string; readonly parameters: readonly unknown[] };
}): Program<readonly SqlRow[]> {
  const { sql, parameters } = build.compile();
  // Everything that is bound is a text or null.
  return yield { text: sql, values: parameters as Statement["values"] };
}
