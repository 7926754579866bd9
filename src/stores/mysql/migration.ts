import { StoreError } from "../../store/errors.js";
import { Call } from "../sql/call.js";
import { classifyMysql } from "../sql/failures/mysql.js";
import { storeErrorFor } from "../sql/failures/store-error.js";
import { query } from "../sql/programs/context.js";
import { migrate } from "../sql/programs/migrate.js";
import { mysqlTarget } from "../sql/schema/targets.js";
import type { Connection } from "../sql/sessions.js";
import { type Program, type Statement, runInTurn } from "../sql/statement.js";
import type { Mode } from "./driver.js";
import { checkServer, checkSession } from "./server.js";

/** Lock names are the whole server's, and of 64 characters at most. */
const LOCK = "concat('coffer_migrate_', left(sha1(database()), 40))";

/**
 * Brings the tables up to date, one process at a time. Statements that make tables commit by themselves here, so the
 * lock is the session's, and each statement may be run again after a failure half-way.
 */
function* migration(): Program<void> {
  const server = yield* checkServer();
  yield* checkSession();
  const [row] = yield* query({
    text: `select database() as name, get_lock(${LOCK}, ${LOCK_SECONDS}) as got`,
    values: [],
  });
  if (row?.["name"] === null)
    throw new StoreError(
      "permanent",
      "The pool names no database: give `createPool` one to make the tables in.",
    );
  if (String(row?.["got"]) !== "1")
    throw new StoreError("transient", `Another process has been migrating for ${LOCK_SECONDS} s. Try again.`);
  yield* migrate(mysqlTarget(server));
}

const LOCK_SECONDS = 60;
/** Versions to come may move many rows. */
const MIGRATION_MS = 600_000;

/** Over one connection from beginning to end: the lock is its session's. */
export async function migrateOver(connect: () => Promise<Connection<Mode>>): Promise<void> {
  // What was done of a migration is simply done again: nobody needs to hear that it may have been written.
  const call = new Call(false, MIGRATION_MS);
  const connecting = connect();
  try {
    await migrateOn(await call.inTime(connecting), call);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw storeErrorFor(classifyMysql(error), call.phase, error, call.writes);
  } finally {
    if (call.phase === "connect") connecting.then((late) => late.release(false)).catch(() => undefined);
    call.end();
  }
}

async function migrateOn(connection: Connection<Mode>, call: Call): Promise<void> {
  call.phase = "autocommit";
  const run = (statement: Statement) => call.inTime(connection.run(statement));
  let isUnlocked = false;
  try {
    await runInTurn(migration(), run);
    // Where sessions do not commit by themselves.
    await call.inTime(connection.commit());
    await run({ text: `do release_lock(${LOCK})`, values: [] });
    isUnlocked = true;
  } finally {
    // A session that ends gives its locks back, too.
    connection.release(!isUnlocked);
  }
}
