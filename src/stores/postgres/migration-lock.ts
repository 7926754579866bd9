import { quote } from "../sql/schema/ddl.js";
import { query } from "../sql/programs/context.js";
import type { Program } from "../sql/statement.js";

/** Any number: all who migrate take the same. It ends with the transaction, so a pooler does not matter. */
const LOCK = "7301823409112";

/** One process migrates at a time; the others then find nothing to do. */
export function* takeMigrationLock(schema: string): Program<void> {
  yield* query({ text: `select pg_advisory_xact_lock(${LOCK})::text as locked`, values: [] });
  const [found] = yield* query({
    text: "select 'yes' as is_there from pg_namespace where nspname = $1::text",
    values: [schema],
  });
  // Whoever has the schema need not have the right to make one.
  if (found === undefined) yield* query({ text: `create schema ${quote("postgres", schema)}`, values: [] });
}
